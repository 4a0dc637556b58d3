/** The two orders side by side, and how far each hit moved between them. */

import { byId, decimal, el, places, said, sign } from './dom.js';
import { isFiltered } from './request.js';

const SVG = 'http://www.w3.org/2000/svg';
const STUB = 0.3;
const LONGEST_VALUE = 60;
const MOST_VALUES = 12;
const PLACED_BY = {
  rerank: 'stage 2',
  prerank: 'the small model of stage 2',
  retrieve: 'stage 1',
};

/**
 * The left list has the places of stage 1 from the first on. What stands there is known for hits
 * that are in the answer; a place whose passage is not among them says so.
 */
export function showOrders(hits, shown, filter) {
  const two = hits.slice(0, shown);
  const ones = new Map(hits.map((hit) => [hit.retrieveRank, hit]));
  const last = Math.max(0, ...ones.keys());
  const count = Math.min(shown, last);
  const rows = Math.max(count, two.length, 1);
  const was = kept();
  const left = Array.from({ length: count }, (_, i) => stageOne(i + 1, ones.get(i + 1)));
  fill(byId('one'), left, rows);
  fill(byId('two'), two.map((hit, i) => stageTwo(hit, two[i - 1], shown, filter)), rows);
  byId('lines').style.gridRow = `2 / span ${rows}`;
  restore(was);
  drawLines();
}

/** Which texts are open and what has the focus: a slider that moves must not take them away. */
function kept() {
  const open = [...byId('two').querySelectorAll('details[open]')].map(hitId);
  const focused = document.activeElement;
  const within = byId('two').contains(focused);
  return { open: new Set(open), focus: within ? mark(focused) : null };
}

function restore({ open, focus }) {
  for (const details of byId('two').querySelectorAll('details')) {
    details.open = open.has(hitId(details));
  }
  if (focus) {
    const targets = byId('two').querySelectorAll('summary, button');
    const target = [...targets].find((one) => mark(one) === focus) ?? byId('answer');
    target.focus({ preventScroll: true });
  }
}

const hitId = (part) => part.closest('[data-id]').dataset.id;

const mark = (part) => [hitId(part), part.dataset.field ?? '', part.dataset.value ?? ''].join('\n');

function fill(list, rows, span) {
  list.replaceChildren(...rows);
  list.style.gridRow = `2 / span ${span}`;
}

function stageOne(place, hit) {
  if (!hit) {
    return el('li', { className: 'gap' }, placeOf(place), el('span', {}, 'not in the answer'));
  }
  const target = sign(`→ ${hit.rank}`, `, in the answer ${hit.rank}`);
  return el(
    'li',
    { data: { id: hit.id, rank: hit.rank, move: moveOf(hit) } },
    placeOf(place),
    el('span', { className: 'title', title: nameOf(hit) }, nameOf(hit)),
    el('span', { className: 'similarity' }, said(', similarity '), decimal(hit.similarity, 3)),
    el('span', { className: 'target' }, ...target),
  );
}

function stageTwo(hit, above, shown, filter) {
  const row = el(
    'li',
    { data: { id: hit.id, from: hit.retrieveRank, move: moveOf(hit), stage: hit.stage } },
    placeOf(hit.rank),
    el('div', { className: 'body' }, passage(hit), facts(hit, shown), values(hit, filter)),
  );
  if (hit.stage === 'retrieve' && above?.stage !== 'retrieve') {
    row.classList.add('boundary');
  }
  return row;
}

function placeOf(place) {
  return el('span', { className: 'place' }, ...sign(place, `Place ${place}: `));
}

const nameOf = (hit) => hit.title || hit.id;

function moveOf(hit) {
  return ['down', 'same', 'up'][Math.sign(hit.retrieveRank - hit.rank) + 1];
}

function passage(hit) {
  return el(
    'details',
    {},
    el('summary', {}, el('span', { className: 'title' }, nameOf(hit))),
    el('p', { className: 'text' }, hit.text),
    el('p', { className: 'read' }, reading(hit)),
  );
}

/** Which passage it is, and what the cross-encoder made of it. */
function reading(hit) {
  const parts = [`id ${hit.id}`];
  if (hit.rerankScore !== null && hit.rerankScore !== undefined) {
    parts.push(`rerankScore ${decimal(hit.rerankScore, 2)}`);
  }
  if (hit.tokensUsed) {
    parts.push(`read ${hit.tokensUsed} of ${hit.tokensIn} tokens`);
  }
  if (hit.span) {
    parts.push(`span ${hit.span.from} to ${hit.span.to}`);
  }
  return parts.join(' · ');
}

function facts(hit, shown) {
  const meter = el('span', { className: 'meter' }, el('span'));
  meter.firstChild.style.inlineSize = `${100 * Math.min(1, Math.max(0, hit.score))}%`;
  meter.setAttribute('aria-hidden', 'true');
  return el(
    'p',
    { className: 'facts' },
    move(hit, shown),
    el('span', { className: 'score' }, 'score ', el('b', {}, decimal(hit.score, 3)), meter),
    el('span', {}, 'similarity ', el('b', {}, decimal(hit.similarity, 3))),
    el('span', { className: 'stage' }, `placed by ${PLACED_BY[hit.stage]}`),
  );
}

function move(hit, shown) {
  const by = hit.retrieveRank - hit.rank;
  const badge = el('span', { className: 'move' });
  if (by === 0) {
    badge.append(...sign('= 0', 'as in stage 1'));
  } else {
    const [seen, way] = by > 0 ? [`↑ +${by}`, 'up'] : [`↓ −${-by}`, 'down'];
    const spoken = `moved ${way} ${places(Math.abs(by))}, from ${hit.retrieveRank}`;
    badge.append(...sign(seen, spoken));
  }
  if (hit.retrieveRank > shown) {
    badge.append(...sign(` from ${hit.retrieveRank}`, ''));
  }
  return badge;
}

function values(hit, filter) {
  const list = el('ul', { className: 'values' });
  list.setAttribute('aria-label', 'Metadata');
  for (const [field, value] of flat(hit.metadata).slice(0, MOST_VALUES)) {
    list.append(el('li', {}, valueOf(field, value, filter)));
  }
  return list.children.length ? list : '';
}

function valueOf(field, value, filter) {
  const text = `${field}: ${value}`;
  if (!canFilter(value)) {
    return el('span', {}, text);
  }
  const data = { field, value: JSON.stringify(value) };
  const button = el('button', { type: 'button', data }, text);
  const pressed = isFiltered(filter, field, value);
  button.setAttribute('aria-pressed', pressed);
  button.title = pressed ? `Without the filter ${text}` : `Only ${text}`;
  return button;
}

/** A whole number of 64 bits may have lost digits on its way here. */
function canFilter(value) {
  return typeof value === 'number'
    ? !Number.isInteger(value) || Number.isSafeInteger(value)
    : String(value).length <= LONGEST_VALUE;
}

/** Fields with their values, one pair a value, named as a filter names them. */
function flat(value, field = '') {
  if (value === null || value === undefined) {
    return [];
  }
  if (Array.isArray(value)) {
    return value.flatMap((one) => flat(one, field));
  }
  if (value instanceof Object) {
    const path = field === '' ? '' : `${field}.`;
    return Object.entries(value).flatMap(([name, inner]) => flat(inner, path + name));
  }
  return [[field, value]];
}

/** A line for each hit from its place in stage 1 to its place in the answer. */
export function drawLines() {
  const lines = byId('lines');
  const frame = lines.getBoundingClientRect();
  const ends = new Map([...byId('one').children].map((row) => [row.dataset.id, row]));
  const drawn = [];
  for (const row of byId('two').children) {
    const end = ends.get(row.dataset.id);
    const to = middle(row, frame);
    drawn.push(line(row, end ? middle(end, frame) : null, to, frame.width));
  }
  const there = new Set([...byId('two').children].map((row) => row.dataset.id));
  for (const [id, row] of ends) {
    if (id !== undefined && !there.has(id)) {
      drawn.push(line(row, middle(row, frame), null, frame.width));
    }
  }
  lines.replaceChildren(...drawn);
}

/** The first line of a row: where its title is, however long the row has become. */
function middle(row, frame) {
  const place = row.querySelector('.place').getBoundingClientRect();
  return place.top + place.height / 2 - frame.top;
}

function line(row, from, to, width) {
  const path = document.createElementNS(SVG, 'path');
  path.dataset.id = row.dataset.id;
  path.dataset.move = row.dataset.move;
  path.setAttribute('d', shape(from, to, width));
  if (from === null || to === null) {
    path.dataset.stub = '';
  }
  return path;
}

/** Whole, or a stub that rises from, or falls to, a place further down than is shown. */
function shape(from, to, width) {
  const bend = width / 2;
  if (to === null) {
    return `M0 ${from}q${width * STUB} 0 ${width * STUB} 18`;
  }
  if (from === null) {
    return `M${width} ${to}q${-width * STUB} 0 ${-width * STUB} 18`;
  }
  return `M0 ${from}C${bend} ${from} ${bend} ${to} ${width} ${to}`;
}

/** A hit under the pointer or with the focus is marked on both sides. */
export function markHit(id) {
  for (const part of byId('orders').querySelectorAll('[data-id]')) {
    part.classList.toggle('lit', part.dataset.id === id);
  }
}
