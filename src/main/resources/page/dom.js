/** Elements and numbers. Nothing here takes markup: what a server sends is text. */

export const byId = (id) => document.getElementById(id);

/** An element with properties, and children that are nodes or text. */
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  const { data = {}, ...others } = properties;
  Object.assign(made, others);
  Object.assign(made.dataset, data);
  made.append(...children);
  return made;
}

/** What is said to those who do not see the signs. */
export const said = (text) => el('span', { className: 'said' }, text);

/** What is seen, and what is said instead. */
export function sign(seen, spoken) {
  const shown = el('span', {}, seen);
  shown.setAttribute('aria-hidden', 'true');
  return [shown, said(spoken)];
}

export function decimal(value, digits) {
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

export const whole = (value) => value.toLocaleString('en');

/** Three digits are what a measured time is good for. */
export function millis(ms) {
  if (ms >= 10_000) {
    return `${decimal(ms / 1000, 1)} s`;
  }
  return `${decimal(ms, ms < 10 ? 1 : 0)} ms`;
}

export const places = (count) => (count === 1 ? '1 place' : `${count} places`);
