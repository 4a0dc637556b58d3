/** The page: asks, shows the newest answer, and keeps its address in step. */

import { byId } from './dom.js';
import { drawLines, markHit, showOrders } from './orders.js';
import { showCoverage, showReceipt, showTimings, summaryOf } from './readout.js';
import {
  Refusal,
  clearRefusal,
  pageFailed,
  refusalOf,
  showRefusal,
  unreachable,
} from './refusal.js';
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
import { trace } from './trace.js';

const KEY = 'tandem-api-key';

/** A slider that is dragged asks when it rests. */
const REST_MS = 150;

let asking = null;
let underWay = '';
let resting = null;

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
    throw unreachable();
  }
  if (!response.ok) {
    throw await refusalOf(response);
  }
  return response.json();
}

function busy(is) {
  byId('answer').setAttribute('aria-busy', is);
  document.body.classList.toggle('busy', is);
}

function showAnswer(answer, state, body) {
  const shown = shownOf(state);
  clearRefusal();
  byId('intro').hidden = true;
  byId('result').hidden = false;
  trace(state, answer.coverage);
  showCoverage(answer.coverage);
  showTimings(answer.timings, state.budgetMs);
  byId('orders').hidden = answer.results.length === 0;
  byId('asked').hidden = answer.results.length === 0;
  showOrders(answer.results, shown, state.filter);
  showReceipt(answer, body);
  byId('asked').textContent = askedText(answer, state);
  byId('status').textContent = summaryOf(answer, shown);
}

/** What was asked for beyond what is seen, and why. */
function askedText(answer, state) {
  const asked = askedOf(state);
  return asked > shownOf(state)
    ? `${asked} passages were asked for (topK), so that the answer also holds ` +
        'what stage 1 alone would have put first.'
    : 'Only what is shown was asked for; where stage 1 had others, the place is left open.';
}

/** No older answer stays under a question that it is not the answer to. */
function showProblem(refusal) {
  clearRefusal();
  byId('intro').hidden = true;
  byId('result').hidden = true;
  byId('status').textContent = '';
  showRefusal(refusal, () => ask(fromControls()));
}


/**
 * Takes what the controls say. A budget that moves replaces the last entry of the history: the way
 * back leads from question to question, not through every place where the slider rested.
 */
function search({ sameEntry = false } = {}) {
  clearTimeout(resting);
  const state = fromControls();
  const address = toAddress(state);
  if (sameEntry || address === (location.search || location.pathname)) {
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
  clearTimeout(resting);
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
  clearRefusal();
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
