// The options of a question: radio buttons, of which the right one is marked once the answer is shown.

export class Options {
  // box: an element of role radiogroup; right: the words beside the right option; choose(i): a person chose an option.
  /** @param {HTMLElement} box @param {string} right @param {(i: number) => void} choose */
  constructor(box, right, choose) {
    this.box = box;
    this.right = right;
    this.choose = choose;
    this.name = `option-${Math.random().toString(36).slice(2)}`; // of this group of radio buttons
  }

  // Shows the options of another question.
  /** @param {string[]} texts */
  ask(texts) {
    const labels = texts.map((text, i) => {
      const label = document.createElement("label");
      label.innerHTML = `<input type="radio" name="${this.name}" value="${i}"> `;
      const mark = Object.assign(document.createElement("b"), { className: "mark", hidden: true });
      mark.textContent = `✓ ${this.right}`;
      mark.setAttribute("aria-hidden", "true"); // the answer below says it
      label.append(text, mark);
      label.firstChild.addEventListener("change", () => this.choose(i));
      return label;
    });
    this.box.replaceChildren(...labels);
  }

  // picked: the number of the chosen option, if there is one; right: that of the right one, null as long as it is not
  // shown; isFinal: no other can be chosen any more.
  /** @param {number | undefined} picked @param {number | null} right */
  show(picked, right, isFinal = false) {
    for (const [i, input] of this.box.querySelectorAll("input").entries()) {
      input.checked = i === picked;
      input.disabled = isFinal;
    }
    /** @type {NodeListOf<HTMLElement>} */
    const marks = this.box.querySelectorAll(".mark");
    for (const [i, mark] of marks.entries()) mark.hidden = i !== right;
  }
}
