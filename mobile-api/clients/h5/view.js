// The few ways in which this page builds and changes what is seen. Texts are set as text, never as markup.

/** An element. `attributes`: names and values, `class`, `on: {event: handler}`; false and null are left out. Children: elements or texts. */
export function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  Object.keys(attributes || {}).forEach((name) => {
    const value = attributes[name];
    if (name === 'on') {
      Object.keys(value).forEach((event) => element.addEventListener(event, value[event]));
    } else if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  });
  add(element, children);
  return element;
}

function add(element, children) {
  children.forEach((child) => {
    if (Array.isArray(child)) {
      add(element, child);
    } else if (child !== null && child !== undefined && child !== false) {
      element.append(child);
    }
  });
}

/** Words in both languages: Chinese, and English smaller below. */
export function both(words) {
  return [words.zh, words.en ? el('small', { lang: 'en' }, words.en) : null];
}

export function heading(words) {
  return el('h1', {}, both(words));
}

export function lead(words) {
  return el('p', { class: 'lead' }, both(words));
}

/** A box with a sentence. `tone`: good, warn, bad or calm. */
export function notice(tone, words, ...more) {
  return el('div', { class: `notice ${tone}`, role: tone === 'bad' ? 'alert' : null }, el('p', {}, both(words)), more);
}

/** `tone`: big, main or plain. */
export function button(tone, words, press, name) {
  return el('button', { type: 'button', class: tone, id: name, on: { click: press } }, el('span', {}, both(words)));
}

/** A drawn sign; the word beside it says the same. */
export function sign(name) {
  const paths = {
    good: 'M20 34l9 9 19-20',
    wait: 'M32 18v15l10 7',
    again: 'M46 26a15 15 0 1 0 1 10M47 17v10H37',
    bad: 'M32 18v18M32 44v2',
  };
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('viewBox', '0 0 64 64');
  svg.setAttribute('class', `sign ${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const circle = document.createElementNS(ns, 'circle');
  [['cx', 32], ['cy', 32], ['r', 29]].forEach(([key, value]) => circle.setAttribute(key, value));
  const path = document.createElementNS(ns, 'path');
  path.setAttribute('d', paths[name]);
  svg.append(circle, path);
  return svg;
}

/** Puts a new view in place of the old one; what reads the page aloud begins at its top. */
export function show(name, ...children) {
  const view = document.getElementById('view');
  document.body.setAttribute('data-view', name);
  view.textContent = '';
  add(view, children);
  window.scrollTo(0, 0);
  view.focus({ preventScroll: true });
}
