// The sigmoid of a logit, and the negative logarithm of it, without overflow.

/** @param {number} logit */
export const sigmoid = (logit) => (logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit)));

// log(1 + exp(value)): −log sigmoid(logit) is softplus(−logit).
/** @param {number} value */
export const softplus = (value) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));
