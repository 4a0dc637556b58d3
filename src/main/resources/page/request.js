/** What is asked: between the controls, the page's address and the request's body. */

import { byId } from './dom.js';

/** About evenly spaced by their logarithm; null leaves it to the server. */
const BUDGETS = [
  10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000, null,
];

const DEFAULT_SHOWN = 10;

/** So many are asked for at least, so that the answer holds the head of stage 1's order too. */
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
  byId('budget').value = stepOf(state.budgetMs);
  showBudget();
}

/** The slider has steps: what an address asks for is taken to the nearest. */
export function stepOf(budgetMs) {
  if (!(budgetMs > 0)) {
    return BUDGETS.length - 1;
  }
  const distance = (ms) => Math.abs(Math.log(ms / budgetMs));
  const steps = BUDGETS.slice(0, -1);
  return steps.reduce((best, ms, i) => (distance(ms) < distance(steps[best]) ? i : best), 0);
}

export function showBudget() {
  const text = budgetOf(fromControls());
  byId('budget-shown').textContent = text;
  byId('budget').setAttribute('aria-valuetext', text);
}

export function budgetOf({ budgetMs }) {
  if (budgetMs === null) {
    return "the server's default";
  }
  return budgetMs < 1000 ? `${budgetMs} ms` : `${budgetMs / 1000} s`;
}

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

/** A dot in front says that a name is a field's, where it could be read as something else. */
const conditionOf = (field) => (/^(and|or|not)$|^\./.test(field) ? `.${field}` : field);

/** The filter with a condition more, or without it if it was there. */
export function toggled(filter, field, value) {
  const name = conditionOf(field);
  const conditions = parsed(filter);
  if (conditions[name] === value) {
    delete conditions[name];
  } else {
    conditions[name] = value;
  }
  return Object.keys(conditions).length === 0 ? '' : JSON.stringify(conditions);
}

export const isFiltered = (filter, field, value) => parsed(filter)[conditionOf(field)] === value;

function parsed(filter) {
  try {
    const read = JSON.parse(filter);
    return read instanceof Object && !Array.isArray(read) ? read : {};
  } catch {
    return {};
  }
}
