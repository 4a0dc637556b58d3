/** What is asked: between the controls, the page's address and the request's body. */

import { byId, millis } from './dom.js';

/** Evenly spaced by their logarithm, as near as round numbers are; null leaves it to the server. */
const BUDGETS = [
  10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, null,
];

const DEFAULT_SHOWN = 10;

/** So much of the answer is asked for at least, so that it holds the head of stage 1's order too. */
const LEAST_ASKED = 50;

/** Names in the address and ids of the controls; the budget has its own way. */
const FIELDS = ['q', 'topK', 'candidateCount', 'order', 'earlyStop', 'filter'];

export function setUp() {
  byId('budget').max = BUDGETS.length - 1;
}

/** What the controls say; an empty text leaves it to the server. */
export function fromControls() {
  const state = Object.fromEntries(FIELDS.map((name) => [name, byId(name).value.trim()]));
  return { ...state, budgetMs: BUDGETS[byId('budget').value] };
}

export function toControls(state) {
  for (const name of FIELDS) {
    byId(name).value = state[name] ?? '';
  }
  byId('topK').value ||= DEFAULT_SHOWN;
  byId('budget').value = budgetStep(state.budgetMs);
  showBudget();
}

/** The slider has steps: what an address asks for is taken to the nearest. */
function budgetStep(budgetMs) {
  if (!(budgetMs > 0)) {
    return BUDGETS.length - 1;
  }
  const distance = (ms) => Math.abs(Math.log(ms / budgetMs));
  const steps = BUDGETS.slice(0, -1);
  return steps.reduce((best, ms, i) => (distance(ms) < distance(steps[best]) ? i : best), 0);
}

export function showBudget() {
  const { budgetMs } = fromControls();
  const text = budgetMs === null ? "the server's default" : budgetText(budgetMs);
  byId('budget-shown').textContent = text;
  byId('budget').setAttribute('aria-valuetext', text);
}

const budgetText = (ms) => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);

export const budgetOf = (state) => (state.budgetMs === null ? null : millis(state.budgetMs));

/** The address that shows this again; without what is as it would be anyway. */
export function toAddress(state) {
  const parameters = new URLSearchParams();
  for (const name of [...FIELDS, 'budgetMs']) {
    const left = name === 'topK' && Number(state.topK) === DEFAULT_SHOWN;
    if (state[name] && !left) {
      parameters.set(name, state[name]);
    }
  }
  const query = parameters.toString();
  return query === '' ? location.pathname : `?${query}`;
}

export function fromAddress() {
  const state = Object.fromEntries(new URLSearchParams(location.search));
  return { ...state, budgetMs: Number(state.budgetMs) };
}

/** How many passages are to be seen. */
export const shownOf = (state) => Number(state.topK || DEFAULT_SHOWN);

/**
 * How many are asked for. With early stop it is what is seen, for scoring ends when those are
 * settled; a number that is refused is sent as it is.
 */
export function askedOf(state) {
  const shown = shownOf(state);
  const settles = state.earlyStop === 'true';
  return shown >= 1 && !settles ? Math.max(shown, LEAST_ASKED) : shown;
}

/**
 * The request's body. The filter goes in as it was typed: read and written again, a whole number of
 * 64 bits would be another one.
 *
 * @throws SyntaxError if the filter is not JSON
 */
export function bodyOf(state) {
  const members = { query: JSON.stringify(state.q), topK: askedOf(state) };
  if (state.candidateCount) {
    members.candidateCount = Number(state.candidateCount);
  }
  if (state.budgetMs !== null) {
    members.budgetMs = state.budgetMs;
  }
  if (state.order) {
    members.order = JSON.stringify(state.order);
  }
  if (state.earlyStop) {
    members.earlyStop = state.earlyStop;
  }
  if (state.filter) {
    JSON.parse(state.filter);
    members.filter = state.filter;
  }
  return `{${Object.entries(members)
    .map(([name, value]) => `"${name}": ${value}`)
    .join(', ')}}`;
}

/** The filter with a condition more, or without it if it was there. */
export function toggled(filter, field, value) {
  const name = /^(and|or|not)$|^\./.test(field) ? `.${field}` : field;
  const conditions = parsed(filter);
  if (conditions[name] === value) {
    delete conditions[name];
  } else {
    conditions[name] = value;
  }
  return Object.keys(conditions).length === 0 ? '' : JSON.stringify(conditions);
}

export function isFiltered(filter, field, value) {
  const name = /^(and|or|not)$|^\./.test(field) ? `.${field}` : field;
  return parsed(filter)[name] === value;
}

function parsed(filter) {
  try {
    const read = JSON.parse(filter);
    return read instanceof Object && !Array.isArray(read) ? read : {};
  } catch {
    return {};
  }
}
