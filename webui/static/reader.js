/* The reader: pages as printed with the words of a search marked, by pdf.js; and moving from hit to hit in set text.
 *
 * Everything works without this script: the page holds the text, and "Toon origineel" opens the browser's own viewer.
 * What a reader chooses (text or pages) stays in the address. No library is loaded before pages are shown.
 */
const reader = document.querySelector('.reader');
const data = reader.dataset;
const wide = matchMedia('(min-width: 700px)');
const find = (selector) => reader.querySelector(selector);
const say = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
let shown = null; // the pages, once they are loaded

if (data.file) {
  if (data.view === 'auto') data.view = wide.matches ? 'pages' : 'text';
  find('.as-pages').addEventListener('click', (event) => { event.preventDefault(); choose('pages'); });
  find('.as-text').addEventListener('click', (event) => {
    if (shown && shown.page !== Number(data.page)) return; // another page: its text comes from the server
    event.preventDefault();
    choose('text');
  });
}
if (data.view === 'pages') showPages();
else walkMarks();

/* The results as they were left, with their filters, if they were of this search. */
try {
  const lastSearch = sessionStorage.getItem('search');
  if (lastSearch && new URLSearchParams(lastSearch.split('?')[1]).get('q') === data.q) find('.all-results').href = lastSearch;
} catch { /* a browser that keeps nothing */ }

function choose(view) {
  data.view = view;
  remember({ view });
  if (view === 'pages') showPages();
  else walkMarks();
}

function remember(values) {
  const address = new URL(location);
  for (const [name, value] of Object.entries(values)) address.searchParams.set(name, value);
  address.hash = '';
  history.replaceState(history.state, '', address);
}

/* The link of a paragraph, where the pointer is. */
find('.reading').addEventListener('pointerover', (event) => {
  const paragraph = event.target.closest('.part p[id]');
  if (!paragraph || paragraph.querySelector('.pilcrow')) return;
  const link = document.createElement('a');
  link.className = 'pilcrow';
  link.href = `#${paragraph.id}`;
  link.tabIndex = -1;
  link.setAttribute('aria-hidden', 'true');
  link.textContent = '¶';
  paragraph.append(link);
});

/* Set text: the buttons go from mark to mark, and past the last one to the next page that has any. */
function walkMarks() {
  const marks = [...reader.querySelectorAll('.reading mark')];
  if (!marks.length || walkMarks.done) return;
  walkMarks.done = true;
  let at = -1;
  const go = (step) => (event) => {
    if (shown && data.view === 'pages') return;
    const to = at + step;
    if (to < 0 || to >= marks.length) return; // follow the link
    event.preventDefault();
    marks[at]?.classList.remove('selected');
    at = to;
    marks[at].classList.add('selected');
    marks[at].scrollIntoView({ block: 'center' });
    find('.hit-count').textContent = say(data.sayHits, { number: at + 1, total: marks.length });
  };
  find('.next-hit')?.addEventListener('click', go(1));
  find('.previous-hit')?.addEventListener('click', go(-1));
  // The first one is shown, unless the reader came for another place or is reading already.
  const part = document.getElementById(`d${data.page}`); // an address without a place leads to its page or section
  const target = location.hash ? document.getElementById(location.hash.slice(1)) : part?.previousElementSibling ? part : null;
  const first = target?.matches('.part') ? marks.findIndex((mark) => target.contains(mark)) : target ? -1 : 0;
  if (first >= 0 && scrollY < 4 + (target ? target.getBoundingClientRect().top + scrollY : 0)) {
    at = first;
    marks[at].classList.add('selected');
    const box = marks[at].getBoundingClientRect();
    if (box.bottom > innerHeight || box.top < 0) marks[at].scrollIntoView({ block: 'center' });
  } else if (target && !location.hash) target.scrollIntoView();
}

async function showPages() {
  if (shown) return;
  reader.classList.add('loading', 'opened');
  try {
    shown = await openPages();
  } catch (error) {
    console.warn(error);
    failed();
  } finally {
    reader.classList.remove('loading');
  }
}

/* Whatever goes wrong, there is the text; the link to the original then opens the file itself. */
function failed() {
  reader.classList.remove('opened');
  data.view = 'text';
  const note = document.createElement('p');
  note.className = 'notice warning';
  note.setAttribute('role', 'status');
  note.textContent = data.sayFailed;
  find('.reading').prepend(note);
  const link = find('.as-pages');
  link.replaceWith(link.cloneNode(true));
  walkMarks();
}

async function openPages() {
  for (const module of [data.viewer, data.library]) preload(module); // side by side, though one waits for the other
  const pdfjs = await import(data.library);
  const { EventBus, PDFFindController, PDFLinkService, PDFViewer } = await import(data.viewer);
  pdfjs.GlobalWorkerOptions.workerSrc = data.worker;
  const task = pdfjs.getDocument({
    url: data.file,
    disableAutoFetch: true, // and the viewer opens pages as they are looked at, not all of them first
    disableStream: data.streamed !== 'true',
    isEvalSupported: false,
    enableXfa: false,
    standardFontDataUrl: `${data.pdfjs}standard_fonts/`,
    wasmUrl: `${data.pdfjs}wasm/`,
  });
  const start = Number(data.page);
  const searched = new Set([start]);

  /* Only pages that hold a hit are searched: the index knows which. The others are never read for it, so that page 150
   * need not wait for the 149 before it. */
  class HitFinder extends PDFFindController {
    ready = new Promise((resolve) => { this.isReady = resolve; }); // when the viewer has given the document

    setDocument(pdf) {
      super.setDocument(pdf && {
        getPage: async (number) => (searched.has(number) ? pdf.getPage(number) : { getTextContent: async () => ({ items: [] }) }),
      });
      if (pdf) this.isReady();
    }

    /* Search once more, in pages that were left out before: what is under way must end first. */
    async widen(pdf) {
      await new Promise((resolve) => { setTimeout(resolve); });
      await Promise.all(this._extractTextPromises);
      this.setDocument(null);
      this.setDocument(pdf);
    }

    /* The window stays where it is: only the pages scroll. */
    scrollMatchIntoView({ element, pageIndex = -1, matchIndex = -1 }) {
      if (!this._scrollMatches || !element || matchIndex !== this.selected.matchIdx || pageIndex !== this.selected.pageIdx) return;
      this._scrollMatches = false;
      const box = element.getBoundingClientRect(), pane = scroller.getBoundingClientRect();
      scroller.scrollTop += box.top - pane.top - pane.height * 0.3;
      if (box.left < pane.left || box.right > pane.right) scroller.scrollLeft += box.left - pane.left - pane.width * 0.2;
    }
  }

  const scroller = find('.scroller');
  const eventBus = new EventBus();
  const linkService = new PDFLinkService({ eventBus, externalLinkTarget: 2, externalLinkRel: 'noopener noreferrer nofollow' });
  const findController = new HitFinder({ eventBus, linkService });
  const viewer = new PDFViewer({
    container: scroller,
    viewer: find('.pdfViewer'),
    eventBus,
    linkService,
    findController,
    l10n: plainWords(),
    annotationMode: pdfjs.AnnotationMode.ENABLE,
    annotationEditorMode: pdfjs.AnnotationEditorType.DISABLE,
    imageResourcesPath: `${data.pdfjs}images/`,
    enableAutoLinking: false,
  });
  linkService.setViewer(viewer);

  const pdf = await task.promise;
  const labels = await pdf.getPageLabels().catch(() => null);
  const nameOf = (number) => labels?.[number - 1] || String(number);
  const opened = { page: start, viewer };

  eventBus.on('pagesinit', () => {
    viewer.currentScaleValue = 'page-width';
    if (viewer.currentScale > 1.35) viewer.currentScale = 1.35; // wider lines are hard to read
    viewer.currentPageNumber = Math.min(start, pdf.numPages);
    for (const [index, page] of [...reader.querySelectorAll('.pdfViewer .page')].entries())
      page.setAttribute('aria-label', say(data.sayPage, { label: nameOf(index + 1) }));
  });
  eventBus.on('annotationlayerrendered', ({ source }) => {
    for (const link of source.div.querySelectorAll('.linkAnnotation > a:not([aria-label])')) {
      link.setAttribute('aria-label', link.target ? link.href : data.sayLink);
      // The lines of a printed table of contents are too close together to be targets; the outline leads to the same places.
      if (!link.target && find('.beside .outline')) link.tabIndex = -1;
    }
  });
  eventBus.on('pagechanging', ({ pageNumber }) => turned(pageNumber));
  viewer.setDocument(pdf);
  linkService.setDocument(pdf, null);

  function turned(number) {
    opened.page = number;
    find('.where .label').textContent = say(data.sayPage, { label: nameOf(number) });
    find('.where .count').textContent = nameOf(number) === String(number) ? say(data.sayTotal, { total: pdf.numPages }) : say(data.sayOf, { number, total: pdf.numPages });
    document.title = document.title.replace(/, [^,–]* – /, `, ${say(data.sayPage, { label: nameOf(number) })} – `);
    const text = new URL(find('.as-text').href);
    text.searchParams.set('page', number);
    text.hash = `d${number}`;
    find('.as-text').href = text;
    clearTimeout(turned.timer);
    turned.timer = setTimeout(() => remember({ page: number }), 300);
    const places = [...reader.querySelectorAll('.beside .outline [data-goto]')];
    const current = places.filter((link) => Number(link.dataset.goto) <= number).pop();
    for (const link of places) link === current ? link.setAttribute('aria-current', 'location') : link.removeAttribute('aria-current');
  }

  /* Turning pages. The links stay links: without a page to go to, the server answers. */
  const turn = (step) => (event) => {
    if (data.view !== 'pages') return;
    event.preventDefault();
    viewer.currentPageNumber = Math.min(Math.max(opened.page + step, 1), pdf.numPages);
  };
  find('.reader-bar [rel=prev]')?.addEventListener('click', turn(-1));
  find('.reader-bar [rel=next]')?.addEventListener('click', turn(1));
  reader.addEventListener('click', (event) => {
    const link = event.target.closest('[data-goto]');
    if (!link || data.view !== 'pages' || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    viewer.currentPageNumber = Number(link.dataset.goto);
    scroller.focus({ preventScroll: true });
  });
  find('.smaller').addEventListener('click', () => viewer.decreaseScale());
  find('.larger').addEventListener('click', () => viewer.increaseScale());
  addEventListener('resize', () => {
    if (data.view === 'pages' && viewer.currentScaleValue === 'page-width') viewer.currentScaleValue = 'page-width';
  });

  if (data.q) {
    const marking = markHits({ eventBus, findController, searched, pdf });
    find('.next-hit').addEventListener('click', marking.go(false));
    find('.previous-hit').addEventListener('click', marking.go(true));
  }
  return opened;
}

function preload(module) {
  const link = document.createElement('link');
  link.rel = 'modulepreload';
  link.href = module;
  document.head.append(link);
}

function fetchHits() {
  return fetch(`${data.hits}?${new URLSearchParams({ q: data.q, page: data.page })}`).then((answer) => {
    if (!answer.ok) throw new Error(`hits: ${answer.status}`);
    return answer.json();
  });
}

/* Mark the words of this page at once, and those of the others when the server has told where they are. */
function markHits({ eventBus, findController, searched, pdf }) {
  let words = JSON.parse(data.words || '[]');
  const seek = (more = {}) => {
    if (!words.length) return;
    eventBus.dispatch('find', {
      source: window, type: 'again', query: words, caseSensitive: false, entireWord: true, highlightAll: true,
      findPrevious: false, matchDiacritics: false, ...more,
    });
  };
  const count = find('.hit-count');
  const tell = ({ matchesCount }) => {
    if (!matchesCount?.total) return;
    count.textContent = say(data.sayHits, { number: matchesCount.current || 1, total: matchesCount.total });
  };
  eventBus.on('updatefindmatchescount', tell);
  eventBus.on('updatefindcontrolstate', tell);
  (async () => {
    await findController.ready;
    seek();
    const found = await fetchHits(); // after this page's own: nothing may stand in its way
    if (!found.words.length) { count.textContent = data.sayNone; return; }
    for (const { page } of found.pages) searched.add(page);
    if (words.length) await findController.widen(pdf);
    words = found.words;
    seek();
  })().catch((error) => console.warn(error));
  return {
    go: (findPrevious) => (event) => {
      if (data.view !== 'pages') return;
      event.preventDefault();
      seek({ findPrevious });
    },
  };
}

/* pdf.js asks for its own interface's words; pages get their names from us. */
function plainWords() {
  return {
    getLanguage: () => document.documentElement.lang, getDirection: () => 'ltr', get: async (ids) => (Array.isArray(ids) ? ids.map(() => '') : ''),
    translate: async () => {}, translateOnce: async () => {}, pause() {}, resume() {}, destroy: async () => {},
  };
}
