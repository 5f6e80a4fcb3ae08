"use strict";
// Text of files comes into the page as text alone.
function add(to, tag, text, name) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  to.appendChild(made);
  return made;
}

const dark = () => document.documentElement.dataset.theme === "dark";

// Light or dark, as the reader's system is; `changed` is called after the button.
function addTheme(to, changed) {
  const root = document.documentElement;
  const theme = add(to, "button");
  root.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const called = () => { theme.textContent = dark() ? "light page" : "dark page"; };
  called();
  theme.onclick = () => {
    root.dataset.theme = dark() ? "light" : "dark";
    called();
    changed();
  };
}
