/* The search field, everywhere: suggestions while typing, `/` to get there, arrows through suggestions and results.
 *
 * A combobox with a list (WAI-ARIA APG, "Editable Combobox With List Autocomplete"). Without this script the field is a
 * field and results are links. Words for people come from the server, in the reader's language.
 */
const WAIT_MS = 130;
const results = [...document.querySelectorAll('ol.hits > li h2 a')];
const fields = [...document.querySelectorAll('form[action="/search"] input[type="search"][name="q"]')];
const shortcuts = () => { try { return localStorage.getItem('shortcuts') !== 'off'; } catch { return true; } };

fields.forEach((input, number) => suggest(input, `suggesties-${number}`));

function suggest(input, id) {
  const list = document.createElement('ul');
  list.id = id;
  list.className = 'suggestions';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', input.labels[0]?.textContent.trim() ?? '');
  list.hidden = true;
  const status = document.createElement('span');
  status.className = 'visually-hidden';
  status.setAttribute('role', 'status');
  input.after(list, status);
  for (const [name, value] of [['role', 'combobox'], ['aria-expanded', 'false'], ['aria-controls', id], ['aria-autocomplete', 'list'], ['aria-haspopup', 'listbox']])
    input.setAttribute(name, value);

  let items = [], active = -1, timer = 0, under = null, typed = input.value;

  const close = () => {
    clearTimeout(timer);
    under?.abort();
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const choose = (index) => {
    active = index;
    [...list.children].forEach((option, at) => option.setAttribute('aria-selected', String(at === index)));
    if (index < 0) { input.removeAttribute('aria-activedescendant'); input.value = typed; return; }
    input.setAttribute('aria-activedescendant', list.children[index].id);
    input.value = items[index].kind === 'term' ? items[index].text : typed;
    list.children[index].scrollIntoView({ block: 'nearest' });
  };
  const open = (answer) => {
    items = answer.items;
    status.textContent = answer.status;
    if (!items.length || document.activeElement !== input) { close(); return; }
    active = -1;
    list.replaceChildren(...items.map((item, at) => {
      const option = document.createElement('li');
      option.id = `${id}-${at}`;
      option.setAttribute('role', 'option');
      option.setAttribute('aria-selected', 'false');
      const text = document.createElement('span');
      text.textContent = item.text;
      text.dir = 'auto';
      option.append(text);
      if (item.label) {
        const kind = document.createElement('span');
        kind.className = 'kind';
        kind.textContent = item.label;
        option.append(' ', kind);
      }
      option.addEventListener('mousedown', (event) => event.preventDefault()); // the field keeps the focus
      option.addEventListener('click', () => { location.href = item.url; });
      return option;
    }));
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
  };
  const ask = async () => {
    under?.abort();
    const q = input.value.trim();
    if (q.length < 2) { close(); return; }
    under = new AbortController();
    try {
      const answer = await fetch(`/api/v1/suggest?${new URLSearchParams({ q })}`, { signal: under.signal });
      if (answer.ok) open(await answer.json());
    } catch (error) {
      if (error.name !== 'AbortError') close();
    }
  };

  input.addEventListener('input', () => { typed = input.value; clearTimeout(timer); timer = setTimeout(ask, WAIT_MS); });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const last = items.length - 1;
    if (event.key === 'ArrowDown' && list.hidden && results.length) { event.preventDefault(); results[0].focus(); }
    else if (list.hidden) return;
    else if (event.key === 'ArrowDown') { event.preventDefault(); choose(active === last ? -1 : active + 1); }
    else if (event.key === 'ArrowUp') { event.preventDefault(); choose(active < 0 ? last : active - 1); }
    else if (event.key === 'Escape') { event.preventDefault(); input.value = typed; close(); }
    else if (event.key === 'Enter' && active >= 0) { event.preventDefault(); location.href = items[active].url; }
    else if (event.key === 'Enter' || event.key === 'Tab') close();
  });
}

/* `/` goes to the search, arrows go from result to result. */
document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  const at = document.activeElement;
  if (at?.closest('input, textarea, select, [contenteditable]')) return;
  if (event.key === '/' && shortcuts()) {
    const field = fields.find((input) => input.offsetParent !== null);
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
    return;
  }
  const place = results.indexOf(at?.closest('ol.hits > li')?.querySelector('h2 a'));
  if (place < 0 || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
  const to = place + (event.key === 'ArrowDown' ? 1 : -1);
  if (to >= results.length) return;
  event.preventDefault();
  (results[to] ?? fields[0])?.focus();
});

/* Whoever comes back to the results goes on at the one that was opened; the address keeps filters, the browser the scroll. */
if (results.length || location.pathname === '/search') {
  const here = location.pathname + location.search;
  try {
    sessionStorage.setItem('search', here);
    document.querySelector('ol.hits')?.addEventListener('click', (event) => {
      const hit = event.target.closest('ol.hits > li');
      if (hit) sessionStorage.setItem('opened', JSON.stringify([here, [...hit.parentElement.children].indexOf(hit)]));
    });
    const [address, number] = JSON.parse(sessionStorage.getItem('opened') ?? '[]');
    if (address === here && performance.getEntriesByType('navigation')[0]?.type === 'back_forward')
      results[number]?.focus({ preventScroll: true });
  } catch { /* a browser that keeps nothing */ }
}

/* A key of one character must be possible to turn off (WCAG 2.1.4): a button on the page about accessibility does it. */
for (const button of document.querySelectorAll('button[data-shortcuts]')) {
  const tell = () => button.setAttribute('aria-pressed', String(shortcuts()));
  button.hidden = false;
  tell();
  button.addEventListener('click', () => {
    try { localStorage.setItem('shortcuts', shortcuts() ? 'off' : 'on'); } catch { /* then it stays on */ }
    tell();
  });
}
