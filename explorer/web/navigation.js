// The script of an invisible component on every page: what Streamlit leaves undone when another page is chosen.

const NARROW = "(max-width: 767.98px)"; // as in Streamlit's own styles
const OPEN = "[data-testid=stSidebar][data-collapsed=false] [data-testid=stSidebarCollapseButton] button";
const TO_ANOTHER = "[data-testid=stPageLink-NavLink]"; // in the bar of presentation mode
const LINK = `:is([data-testid=stTopNavLink], [data-testid=stSidebarNavLink], ${TO_ANOTHER})`;
let before = null; // the page at the last call

// In a narrow window the drawer of pages lies over the page. Streamlit closes it only in the browser of a phone.
export default function ({ data: { page } }) {
  const isAnother = before !== null && before !== page;
  before = page;
  if (!isAnother || !matchMedia(NARROW).matches) return;
  /** @type {HTMLElement | null} */
  const button = document.querySelector(OPEN);
  button?.click();
}

// Keeps the browser's history free of entries that show what their neighbour shows. When another page is chosen,
// Streamlit first adds one for the old page without its parameters, then one for the new page, and a third one for the
// view of it that Python restores. The first is left out, and the third replaces the second.
function joinEntries() {
  let isFresh = true, // has nothing been done since the page was opened?
    isLeaving = false; // has a link to another page been followed since?
  const push = history.pushState;
  history.pushState = function (state, unused, url) {
    const isSame = new URL(url ?? location.href, location.href).pathname === location.pathname;
    if (isSame && isLeaving) return;
    if (isSame && isFresh) return history.replaceState(state, unused, url);
    isFresh = !isSame;
    isLeaving = false;
    push.call(this, state, unused, url);
  };
  const hear = (event) => {
    isFresh = false;
    const link = event.type === "click" && event.target instanceof Element && event.target.closest(LINK);
    isLeaving = Boolean(link) && (link.matches(TO_ANOTHER) || new URL(link.href).pathname !== location.pathname);
  };
  for (const name of ["pointerdown", "keydown", "click"]) window.addEventListener(name, hear, { capture: true });
}
const global = /** @type {any} */ (window);
if (!global.joinsEntries) joinEntries();
global.joinsEntries = true; // a browser may load this script again
