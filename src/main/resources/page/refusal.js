/** Why there is no answer, and where that is shown. */

import { byId, el } from './dom.js';

const CONTROLS = ['q', 'budgetMs', 'topK', 'candidateCount', 'order', 'earlyStop', 'filter'];

const controlOf = (name) => byId(name === 'budgetMs' ? 'budget' : name);

/** What the server says of it, or else this page: problem details, and how long to wait. */
export class Refusal extends Error {
  constructor(status, { title, detail, violations = [] }, wait = '') {
    super(title);
    Object.assign(this, { status, title, detail, violations, wait });
  }
}

/** A gateway in front of the server may answer with a message of its own, or with no JSON. */
export async function refusalOf(response) {
  const wait = response.headers.get('Retry-After') ?? '';
  const title = response.statusText || 'No answer';
  const problem = await response.json().catch(() => ({}));
  return new Refusal(response.status, { title, detail: problem.message, ...problem }, wait);
}

export const unreachable = () =>
  new Refusal(0, {
    title: 'The server cannot be reached',
    detail: 'The request had no answer. See whether the server runs and the network is there.',
  });

export function pageFailed(e) {
  console.error(e);
  return new Refusal(0, { title: 'The answer cannot be shown', detail: String(e) });
}

export function clearRefusal() {
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

/**
 * Beside the controls that it is about, and as a whole.
 *
 * @param again asks again
 */
export function showRefusal(refusal, again) {
  refusal.violations.forEach(showBesideControl);
  byId('key-form').hidden = refusal.status !== 401;
  byId('problem').replaceChildren(...problem(refusal, again));
  byId('problem').hidden = false;
}

function showBesideControl({ field, detail }) {
  const [first] = (field === 'query' ? 'q' : field).split(/[.[]/);
  if (CONTROLS.includes(first)) {
    const within = field.length > first.length && first !== 'q';
    byId(`${first}-wrong`).textContent = within ? `${field}: ${detail}` : detail;
    controlOf(first).setAttribute('aria-invalid', 'true');
  }
}

/** What, where, what was got and what was expected. */
function problem({ status, title, detail, violations, wait }, again) {
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
    parts.push(el('button', { type: 'button', onclick: again }, 'Try again'));
  }
  return parts;
}
