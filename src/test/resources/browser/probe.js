/*
 * The eyes and hands of the tests in the page. probe(question, patienceMs, ...arguments) answers with {value}, or with
 * {failed: why} when its patience has ended; until then it looks again in each frame. An element is found by a path:
 * steps that each go from some elements to others, see `step`. Scope.java and Element.java are the other side.
 */
globalThis.probe = (() => {
  const ROLES = {
    button: 'button, summary, input[type=submit], [role=button], [role=menuitem]',
    link: 'a[href], [role=link]',
    heading: 'h1, h2, h3, h4, h5, h6, [role=heading]',
    field: 'input:not([type=hidden]), select, textarea, [role=combobox], [role=textbox], [role=switch]',
    row: 'tr, [role=row]',
    tab: '[role=tab]',
    dialog: 'dialog[open], [role=dialog], [role=alertdialog]',
    alert: '[role=alert], [role=status]',
  };

  /** A hindrance that may go away; what it says is shown if it does not. */
  class NotYet extends Error {}

  const squeeze = text => text.replace(/\s+/g, ' ').trim();
  const isShown = element =>
    element.checkVisibility({visibilityProperty: true}) && element.getClientRects().length > 0;
  const says = (element, text) =>
    squeeze(element.textContent).includes(text) || squeeze(element.innerText ?? '').includes(text);

  function labelText(label) {
    const copy = label.cloneNode(true);
    copy.querySelectorAll('input, select, textarea, button').forEach(each => each.remove());
    return copy.textContent;
  }

  function nameOf(element) {
    const by = element.getAttribute('aria-labelledby');
    if (by) {
      return squeeze(by.split(/\s+/).map(id => document.getElementById(id)?.textContent ?? '').join(' '));
    }
    const label = element.getAttribute('aria-label');
    if (label) {
      return squeeze(label);
    }
    if (element.labels?.length) {
      return squeeze([...element.labels].map(labelText).join(' '));
    }
    return squeeze(element.innerText || element.value || element.placeholder || element.title || '');
  }

  /** The innermost elements under a root whose text contains this one. */
  function innermost(root, text) {
    const children = [...root.children].filter(each => says(each, text));
    return children.length ? children.flatMap(each => innermost(each, text)) : [root];
  }

  function named(roots, role, name) {
    const all = roots.flatMap(root => [...root.querySelectorAll(ROLES[role])]).filter(isShown);
    if (name === '') {
      return all;
    }
    const wanted = squeeze(name);
    const exact = all.filter(each => nameOf(each) === wanted);
    return exact.length ? exact : all.filter(each => nameOf(each).includes(wanted));
  }

  function step(roots, how) {
    if ('role' in how) {
      return named(roots, how.role, how.name);
    }
    if ('css' in how) {
      return roots.flatMap(root => [...root.querySelectorAll(how.css)]).filter(isShown);
    }
    if ('text' in how) {
      const text = squeeze(how.text);
      return roots
        .map(root => root.body ?? root)
        .filter(root => says(root, text))
        .flatMap(root => innermost(root, text))
        .filter(isShown);
    }
    return 'at' in how ? roots.slice(how.at, how.at + 1) : roots.filter(each => says(each, squeeze(how.containing)));
  }

  const find = path => [...new Set(path.reduce(step, [document]))];

  /** Exactly one: two are not a matter of time, but of a name that says too little. */
  function one(path) {
    const found = find(path);
    if (found.length !== 1) {
      throw new NotYet(found.length === 0 ? 'it is not there' : found.length + ' are there: '
        + found.slice(0, 5).map(each => each.outerHTML.slice(0, 120)).join('\n'));
    }
    return found[0];
  }

  function must(holds, otherwise) {
    if (!holds) {
      throw new NotYet(otherwise());
    }
    return true;
  }

  const isEnabled = element => !element.matches(':disabled') && element.getAttribute('aria-disabled') !== 'true';

  let lastBox = '';

  /** Where a click hits it, when it has stood still for two frames. */
  function point(path) {
    const element = one(path);
    must(isEnabled(element), () => 'it is disabled');
    element.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
    // The first box: a link over two lines has a hole in the middle of all.
    const box = element.getClientRects()[0];
    const x = box.left + box.width / 2;
    const y = box.top + box.height / 2;
    const at = [x, y, box.width, box.height].join();
    const stood = at === lastBox;
    lastBox = at;
    must(stood, () => 'it moves');
    const hit = document.elementFromPoint(x, y);
    must(hit !== null && (element.contains(hit) || hit.closest('label')?.control === element),
      () => 'it is covered by ' + hit?.outerHTML.slice(0, 200));
    lastBox = '';
    return {x, y};
  }

  function put(element, value) {
    const own = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), 'value');
    own.set.call(element, value);
    element.dispatchEvent(new Event('input', {bubbles: true}));
    element.dispatchEvent(new Event('change', {bubbles: true}));
  }

  /** Makes a field ready for text from the keyboard: true; or fills one that takes none: false. */
  function prepare(path, text) {
    const element = one(path);
    must(isEnabled(element), () => 'it is disabled');
    element.scrollIntoView({block: 'center', behavior: 'instant'});
    element.focus();
    if (['date', 'time', 'datetime-local', 'range', 'color'].includes(element.type) || text === '') {
      put(element, text);
      return false;
    }
    element.select?.();
    return true;
  }

  function choose(path, label) {
    const element = one(path);
    const option = [...element.options].find(each => squeeze(each.textContent) === label || each.value === label);
    must(option, () => 'it offers only ' + [...element.options].map(each => squeeze(each.textContent)).join(', '));
    put(element, option.value);
    return true;
  }

  const questions = {
    point,
    prepare,
    choose,
    complete: () => must(document.readyState === 'complete', () => 'it loads'),
    renewed: before => must(String(performance.timeOrigin) !== before && document.readyState === 'complete',
      () => 'it loads'),
    address: part => must(location.href.includes(part), () => 'it is at ' + location.href),
    ticked: path => one(path).checked ?? one(path).getAttribute('aria-checked') === 'true',
    focus: path => (one(path).focus(), true),
    shown: path => must(find(path).length > 0, () => 'it is not there'),
    gone: path => must(find(path).length === 0, () => 'it is still there'),
    says: (path, text) => must(says(one(path), squeeze(text)), () => 'it says: ' + one(path).innerText),
    silent: (path, text) => must(!says(one(path), squeeze(text)), () => 'it says: ' + one(path).innerText),
    holds: (path, value) => must(one(path).value === value, () => 'it holds: ' + one(path).value),
    focused: path => must(one(path) === document.activeElement,
      () => 'the focus is on ' + document.activeElement?.outerHTML.slice(0, 200)),
    enabled: (path, enabled) => must(isEnabled(one(path)) === enabled, () => 'it is ' + (enabled ? 'not' : 'still')),
    counted: (path, count) => must(find(path).length === count, () => find(path).length + ' are there'),
    count: path => find(path).length,
    read: path => one(path).value ?? one(path).textContent,
    attribute: (path, name) => one(path).getAttribute(name) ?? '',
  };

  const described = values => values.map(each => JSON.stringify(each)).join(' ');

  return (question, patienceMs, ...values) => new Promise((resolve, reject) => {
    const end = performance.now() + patienceMs;
    lastBox = '';
    const look = () => {
      try {
        resolve({value: questions[question](...values)});
      } catch (hindrance) {
        if (!(hindrance instanceof NotYet)) {
          reject(hindrance);
        } else if (performance.now() > end) {
          resolve({failed: `${question} ${described(values)}: ${hindrance.message}\n`
            + `---- ${location.href}\n${(document.body?.innerText ?? '').slice(0, 3000)}`});
        } else {
          requestAnimationFrame(look);
        }
      }
    };
    look();
  });
})();
