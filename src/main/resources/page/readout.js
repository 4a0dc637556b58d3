/** How much was done in which time, and the rest of the receipt. */

import { byId, decimal, el, millis, whole } from './dom.js';
import { budgetOf } from './request.js';

const REASONS = {
  COMPLETE: () => 'Every candidate was scored.',
  CANDIDATES_CUT: () =>
    'Every candidate was scored, but the walk of stage 1 was cut: nearer passages may exist.',
  BUDGET_SPENT: (c) =>
    c.scored + c.preranked === 0
      ? 'The time did not suffice for stage 2: this is the order of stage 1.'
      : `Time ran out: ${whole(c.scored)} are reranked, the rest follows in the order of stage 1.`,
  PRERANKED: (c) =>
    `The time did not suffice for all: ${whole(c.scored)} are reranked, the rest was scored by the ` +
    'small model only.',
  CONVERGED: () => 'Scoring ended early: more of it was unlikely to change what is asked for.',
  RERANK_UNAVAILABLE: () =>
    'The cross-encoder failed on some or all: those follow in the order of stage 1.',
};

const STEPS = [
  ['encodeMs', 'encode'],
  ['retrieveMs', 'retrieve'],
  ['rerankMs', 'rerank'],
  ['assembleMs', 'assemble'],
];

/** What is shown elsewhere than in the receipt. */
const ELSEWHERE = new Set(['results', 'coverage', 'timings']);

function reasonOf({ coverage, results }) {
  if (results.length === 0) {
    return coverage.reason === 'COMPLETE'
      ? 'No passage fits.'
      : 'The time did not suffice for a single hit.';
  }
  return REASONS[coverage.reason]?.(coverage) ?? coverage.reason;
}

/** An answer in a sentence or two. */
export function summaryOf(answer, shown) {
  const { coverage, timings, results } = answer;
  const hits = Math.min(shown, results.length);
  return (
    `${reasonOf(answer)} ${whole(coverage.scored)} of ${whole(coverage.requested)} candidates ` +
    `scored in ${millis(timings.totalMs)}. ${whole(hits)} ${hits === 1 ? 'hit' : 'hits'} shown.`
  );
}

export function showCoverage(coverage) {
  const { requested, planned, scored, preranked, cancelled, fromCache, reason, ...others } = coverage;
  const rest = Math.max(0, requested - scored - preranked - cancelled);
  const parts = [
    ['computed', 'computed', scored - fromCache],
    ['kept', 'known from earlier', fromCache],
    ['preranked', 'by the small model only', preranked],
    ['cancelled', 'begun and given up', Math.min(cancelled, requested - scored - preranked)],
    ['rest', 'not scored', rest],
  ];
  const track = bar(parts.map(([kind, , count]) => [kind, count / (requested || 1)]));
  track.append(tick(Math.min(1, planned / (requested || 1))));
  fill('coverage', [
    figure(whole(scored), `of ${whole(requested)} candidates scored`),
    track,
    legend(parts, whole),
    el('dl', { className: 'row' }, ...inRow({ planned, reason, ...others })),
    hint(fromCache),
  ]);
  byId('coverage').dataset.reason = reason;
}

/** Each name with its value, so that a line breaks between pairs only. */
const inRow = (value) =>
  Object.entries(value).map(([name, inner]) => el('div', {}, ...pair(name, inner)));

function hint(fromCache) {
  const text =
    'Scores known from earlier answers cost nothing: this went deeper than a new question would.';
  return fromCache === 0 ? '' : el('p', { className: 'aside' }, text);
}

export function showTimings(timings, budgetMs) {
  const total = timings.totalMs;
  const parts = STEPS.map(([name, label]) => [label, label, timings[name]]);
  const scale = Math.max(total, budgetMs ?? 0) || 1;
  const track = bar(parts.map(([kind, , ms]) => [kind, ms / scale]));
  if (budgetMs !== null) {
    track.append(tick(budgetMs / scale));
  }
  const of =
    budgetMs === null
      ? "under the server's default budget"
      : `of a budget of ${budgetOf({ budgetMs })}`;
  fill('timings', [figure(millis(total), of), track, legend(parts, millis)]);
}

function fill(id, children) {
  const section = byId(id);
  section.replaceChildren(section.querySelector('h2'), ...children);
}

function figure(value, of) {
  return el('p', { className: 'figure' }, el('b', {}, value), ` ${of}`);
}

/** A picture of what the legend says. */
function bar(parts) {
  const track = el('div', { className: 'bar' });
  track.setAttribute('aria-hidden', 'true');
  for (const [kind, share] of parts) {
    const part = el('span', { data: { kind } });
    part.style.inlineSize = `${100 * share}%`;
    track.append(part);
  }
  return track;
}

function tick(share) {
  const mark = el('i');
  mark.style.insetInlineStart = `${100 * share}%`;
  return mark;
}

function legend(parts, format) {
  const items = parts
    .filter(([, , value], i) => value > 0 || i === 0)
    .map(([kind, label, value]) =>
      el('li', { data: { kind } }, `${label} `, el('b', {}, format(value))),
    );
  return el('ul', { className: 'legend' }, ...items);
}

/** Whatever an answer has beside its hits, so that a field that is new is shown too. */
export function showReceipt(answer, body) {
  const loose = {};
  const groups = [];
  for (const [name, value] of Object.entries(answer)) {
    if (value instanceof Object && !ELSEWHERE.has(name)) {
      groups.push(group(name, value));
    } else if (!ELSEWHERE.has(name)) {
      loose[name] = value;
    }
  }
  byId('receipt').querySelector('.groups').replaceChildren(...groups, group('answer', loose));
  byId('request').textContent = body;
}

function group(name, value) {
  return el('div', {}, el('h3', {}, name), el('dl', { className: 'pairs' }, ...pairs(value)));
}

function pairs(value, path = '') {
  return Object.entries(value).flatMap(([name, inner]) =>
    inner instanceof Object ? pairs(inner, `${path}${name}.`) : pair(path + name, inner),
  );
}

function pair(name, value) {
  return [el('dt', {}, name), el('dd', {}, shownValue(name, value))];
}

function shownValue(name, value) {
  if (typeof value !== 'number') {
    return String(value);
  }
  if (name.endsWith('Ms')) {
    return millis(value);
  }
  return Number.isInteger(value) ? whole(value) : decimal(value, 3);
}
