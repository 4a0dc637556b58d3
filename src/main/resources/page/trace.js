/** Coverage against budget, for one question: a dot for each budget that was tried. */

import { byId, el, said, whole } from './dom.js';
import { budgetOf, stepOf } from './request.js';

let traced = '';
const dots = new Map();

/** A dot is hollow where scores of earlier answers helped: a new question would have had fewer. */
export function trace(state, { scored, requested, fromCache }) {
  const { budgetMs, ...question } = state;
  if (JSON.stringify(question) !== traced) {
    traced = JSON.stringify(question);
    dots.clear();
  }
  const known = fromCache > 0 ? `, ${whole(fromCache)} of them known from earlier` : '';
  const text = `${budgetOf(state)}: ${whole(scored)} of ${whole(requested)} scored${known}`;
  const dot = el('li', { title: text, data: { kept: fromCache > 0 } }, said(text));
  dot.style.setProperty('--step', stepOf(budgetMs));
  dot.style.setProperty('--share', requested === 0 ? 1 : scored / requested);
  dots.delete(budgetMs);
  dots.set(budgetMs, dot);
  byId('trace').replaceChildren(...dots.values());
}
