/** The page: asks, shows the newest answer, and keeps its address in step. */

import { byId, el } from './dom.js';
import { drawLines, markHit, showOrders } from './orders.js';
import { showCoverage, showReceipt, showTimings, summaryOf } from './readout.js';
import {
  askedOf,
  bodyOf,
  fromAddress,
  fromControls,
  setUp,
  showBudget,
  shownOf,
  toAddress,
  toControls,
  toggled,
} from './request.js';

const KEY = 'tandem-api-key';

/** A slider that is dragged asks when it rests. */
const REST_MS = 150;

const CONTROLS = ['q', 'budgetMs', 'topK', 'candidateCount', 'order', 'earlyStop', 'filter'];

let asking = null;
let underWay = '';
let resting = null;

/** Why there is no answer. */
class Refusal extends Error {
  constructor(status, { title, detail, violations = [] }, wait = '') {
    super(title);
    Object.assign(this, { status, title, detail, violations, wait });
  }
}

/** Asks, unless something newer is asked meanwhile: then this never comes to be shown. */
async function ask(state) {
  const same = JSON.stringify(state);
  if (same === underWay) {
    return;
  }
  underWay = same;
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  busy(true);
  try {
    const body = bodyOfChecked(state);
    const answer = await send(body, mine.signal);
    if (asking === mine) {
      showAnswer(answer, state, body);
    }
  } catch (e) {
    if (asking === mine) {
      showProblem(e instanceof Refusal ? e : pageFailed(e));
    }
  } finally {
    if (asking === mine) {
      underWay = '';
      busy(false);
    }
  }
}

function bodyOfChecked(state) {
  try {
    return bodyOf(state);
  } catch (e) {
    const violations = [{ field: 'filter', detail: `not JSON: ${e.message}` }];
    throw new Refusal(0, { title: 'The filter cannot be sent as it stands', violations });
  }
}

async function send(body, signal) {
  const headers = { 'Content-Type': 'application/json' };
  const key = sessionStorage.getItem(KEY);
  if (key) {
    headers.Authorization = `Bearer ${key}`;
  }
  let response;
  try {
    response = await fetch('v1/search', { method: 'POST', headers, body, signal });
  } catch {
    throw new Refusal(0, {
      title: 'The server cannot be reached',
      detail: 'The request had no answer. See whether the server runs and the network is there.',
    });
  }
  if (!response.ok) {
    throw await refusalOf(response);
  }
  return response.json();
}

/** A gateway in front of the server may answer otherwise than with problem details. */
async function refusalOf(response) {
  const wait = response.headers.get('Retry-After') ?? '';
  const plain = { title: response.statusText || `Status ${response.status}`, detail: '' };
  const problem = await response.json().catch(() => plain);
  return new Refusal(response.status, { ...plain, ...problem }, wait);
}

function pageFailed(e) {
  console.error(e);
  return new Refusal(0, { title: 'The answer cannot be shown', detail: String(e) });
}

function busy(is) {
  byId('answer').setAttribute('aria-busy', is);
  document.body.classList.toggle('busy', is);
}

function showAnswer(answer, state, body) {
  const shown = shownOf(state);
  clearProblem();
  byId('intro').hidden = true;
  byId('result').hidden = false;
  showCoverage(answer.coverage);
  showTimings(answer.timings, state.budgetMs);
  showOrders(answer.results, shown, state.filter);
  showReceipt(answer, body);
  byId('asked').textContent = askedText(answer, state);
  byId('status').textContent = summaryOf(answer, shown);
}

/** What was asked for beyond what is seen, and why. */
function askedText(answer, state) {
  if (answer.results.length === 0) {
    return 'Nothing fits: the answer is complete and empty.';
  }
  const asked = askedOf(state);
  return asked > shownOf(state)
    ? `${asked} passages were asked for (topK), so that the answer also holds what stage 1 alone would have put first.`
    : 'Only what is shown was asked for; where stage 1 had others, the place is left open.';
}

function clearProblem() {
  for (const part of [byId('problem'), byId('key-form')]) {
    if (part.contains(document.activeElement)) {
      byId('answer').focus();
    }
    part.hidden = true;
  }
  for (const name of CONTROLS) {
    byId(`${name}-wrong`).textContent = '';
    controlOf(name).removeAttribute('aria-invalid');
  }
}

const controlOf = (name) => byId(name === 'budgetMs' ? 'budget' : name);

/** No older answer stays under a question that it is not the answer to. */
function showProblem(refusal) {
  clearProblem();
  byId('intro').hidden = true;
  byId('result').hidden = true;
  byId('status').textContent = '';
  refusal.violations.forEach(showBesideControl);
  const needsKey = refusal.status === 401;
  byId('key-form').hidden = !needsKey;
  byId('problem').replaceChildren(...problem(refusal));
  byId('problem').hidden = false;
}

function showBesideControl({ field, detail }) {
  const first = field === 'query' ? 'q' : field.split(/[.[]/)[0];
  if (CONTROLS.includes(first)) {
    byId(`${first}-wrong`).textContent = field === first || first === 'q' ? detail : `${field}: ${detail}`;
    controlOf(first).setAttribute('aria-invalid', 'true');
  }
}

/** What, where, what was got and what was expected. */
function problem({ status, title, detail, violations, wait }) {
  const parts = [el('h2', {}, status ? `${title} ` : title)];
  if (status) {
    parts[0].append(el('small', {}, `status ${status}`));
  }
  if (violations.length > 0) {
    const rows = violations.flatMap((one) => [
      el('dt', {}, one.field || 'request'),
      el('dd', {}, one.detail),
    ]);
    parts.push(el('dl', { className: 'pairs' }, ...rows));
  } else if (detail) {
    parts.push(el('p', {}, detail));
  }
  if (wait) {
    parts.push(el('p', {}, `The server asks to wait ${wait} s.`));
  }
  if (violations.length === 0) {
    parts.push(el('button', { type: 'button', onclick: () => ask(fromControls()) }, 'Try again'));
  }
  return parts;
}

/**
 * Takes what the controls say. A budget that moves replaces the last entry of the history: the way
 * back leads from question to question, not through every place where the slider rested.
 */
function search({ sameEntry = false } = {}) {
  clearTimeout(resting);
  const state = fromControls();
  const address = toAddress(state);
  if (sameEntry || address === `${location.search}` || (address === location.pathname && !location.search)) {
    history.replaceState(null, '', address);
  } else {
    history.pushState(null, '', address);
  }
  start(state);
}

function start(state) {
  document.title = state.q ? `${state.q} – Tandem` : 'Tandem';
  ask(state);
}

/** What the address says is shown; without a question there is nothing to ask. */
function follow() {
  toControls(fromAddress());
  const state = fromControls();
  if (state.q) {
    start(state);
    return;
  }
  asking?.abort();
  asking = null;
  underWay = '';
  busy(false);
  clearProblem();
  document.title = 'Tandem';
  byId('status').textContent = '';
  byId('result').hidden = true;
  byId('intro').hidden = false;
}

function onSlide() {
  showBudget();
  clearTimeout(resting);
  if (byId('q').value.trim()) {
    resting = setTimeout(() => search({ sameEntry: true }), REST_MS);
  }
}

function setFilter(filter) {
  byId('filter').value = filter;
  search();
}

function onValue(event) {
  const button = event.target.closest('button[data-field]');
  if (!button) {
    return;
  }
  const { field, value } = button.dataset;
  setFilter(toggled(byId('filter').value, field, JSON.parse(value)));
}

function onSubmit(event, then) {
  event.preventDefault();
  then();
}

function onKey() {
  sessionStorage.setItem(KEY, byId('key').value);
  byId('key').value = '';
  ask(fromControls());
}

function listen() {
  byId('search').addEventListener('submit', (event) => onSubmit(event, search));
  byId('key-form').addEventListener('submit', (event) => onSubmit(event, onKey));
  byId('budget').addEventListener('input', onSlide);
  for (const name of ['topK', 'candidateCount', 'order', 'earlyStop', 'filter']) {
    byId(name).addEventListener('change', () => byId('q').value.trim() && search());
  }
  byId('filter-clear').addEventListener('click', () => setFilter(''));
  byId('two').addEventListener('click', onValue);
  const mark = (event) => markHit(event.target.closest('[data-id]')?.dataset.id ?? '');
  byId('orders').addEventListener('pointerover', mark);
  byId('orders').addEventListener('pointerleave', () => markHit(''));
  byId('orders').addEventListener('focusin', mark);
  byId('orders').addEventListener('focusout', () => markHit(''));
  new ResizeObserver(drawLines).observe(byId('orders'));
  addEventListener('popstate', follow);
}

setUp();
listen();
follow();
if (!byId('q').value) {
  byId('q').focus();
}
