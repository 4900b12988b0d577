// Handing in. Files come over in pieces and go on after a lost connection; what is changed in the form is kept at once.
// Without scripts both are plain forms. All sentences stand in the page, in its language.
import { Sha256 } from "./sha256.js";

const PIECE_BYTES = 4 * 2 ** 20;
const AT_ONCE = 3; // files
const WAIT_FIRST_MS = 1000, WAIT_MOST_MS = 15000;
const SAVE_AFTER_MS = 250, LOOK_EVERY_MS = 800, SAID_FOR_MS = 5000;
const NOT_HANDED_IN = /(^|\/)(\.(?!\.?\/)|~\$|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const token = () => document.querySelector('input[name="csrf_token"]').value;
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);

class Refused extends Error {} // the server said no: sending the same again would not help

// One request that must get through: a lost connection is waited for.
async function ask(method, url, body, told) {
  const sent = body instanceof Blob ? body : new Blob([JSON.stringify(body)], { type: "application/json" });
  const headers = { "X-CSRFToken": token(), "Content-Type": sent.type };
  for (let wait = WAIT_FIRST_MS; ; wait = Math.min(wait * 2, WAIT_MOST_MS)) {
    const answer = await fetch(url, { method, headers, body: sent }).catch(() => null);
    const said = await answer?.json().catch(() => ({}));
    if (answer?.status === 507) throw new Refused(said.error); // the disk is full
    told(!answer || answer.status >= 500);
    if (answer && answer.status < 500) return { status: answer.status, said };
    await pause(wait);
  }
}

async function checksum(file) {
  const digest = new Sha256();
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    digest.update(new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer()));
  }
  return digest.hex();
}

// Everything below what was dropped, with the paths of its folders.
async function dropped(items) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const found = [];
  const walk = async (entry, above) => {
    const path = above ? `${above}/${entry.name}` : entry.name;
    if (entry.isFile) {
      found.push({ path, file: await new Promise((done, failed) => entry.file(done, failed)) });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed)); // a hundred at a time
      if (!some.length) return;
      for (const each of some) await walk(each, path);
    }
  };
  for (const entry of entries) await walk(entry, "");
  return found;
}

class Uploads {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.draft = form.dataset.draft; // "" until there is one
    this.list = form.querySelector("[data-files]");
    this.status = form.querySelector("[data-told]");
    this.lost = form.querySelector("[data-lost]");
    this.failed = 0;
    this.busy = false;
    const chooser = form.querySelector('input[type="file"]');
    const folder = form.querySelector("[data-folder]");
    for (const each of form.querySelectorAll("[data-without-script]")) each.hidden = true;
    for (const each of form.querySelectorAll("[data-with-script]")) each.hidden = false;
    const chosen = (input) => this.take([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
    chooser.addEventListener("change", () => chosen(chooser));
    if (folder) folder.webkitdirectory = true; // in no standard's list of attributes
    folder?.addEventListener("change", () => chosen(folder));
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
    addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("over"); });
    addEventListener("drop", async (event) => {
      event.preventDefault();
      form.classList.remove("over");
      if (event.dataTransfer.files.length) this.take(await dropped(event.dataTransfer.items));
    });
    addEventListener("beforeunload", (event) => { if (this.busy) event.preventDefault(); });
  }

  async take(given) {
    const files = given.filter(({ path }) => !NOT_HANDED_IN.test(path));
    if (!files.length || this.busy) return;
    this.busy = true;
    const told = (lost) => { this.lost.hidden = !lost; };
    try {
      if (!this.draft) {
        const { status, said } = await ask("POST", this.words.make, {}, told);
        if (status !== 201) throw new Refused(said.error ?? this.words.refused);
        this.draft = said.id;
        // Whoever loads this page again finds the draft, and goes on where the connection was lost.
        history.replaceState(null, "", `/deposit/${this.draft}`);
      }
    } catch (error) {
      this.status.textContent = error.message;
      this.busy = false;
      return;
    }
    const rows = files.map((each) => this.row(each));
    let next = 0, done = 0;
    const work = async () => {
      while (next < rows.length) {
        const row = rows[next++];
        await this.send(row, told).catch((error) => this.fail(row, error));
        this.status.textContent = filled(this.words.progress, { done: ++done, total: rows.length });
      }
    };
    this.status.textContent = filled(this.words.progress, { done: 0, total: rows.length });
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    this.busy = false;
    if (!this.failed) location.assign(`/deposit/${this.draft}`);
    else this.form.querySelector("[data-onward]").replaceChildren(this.onward());
  }

  row({ file, path }) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const state = document.createElement("span");
    name.className = "path";
    name.textContent = path;
    name.dir = "auto";
    bar.max = file.size || 1;
    bar.value = 0;
    bar.setAttribute("aria-label", path);
    state.className = "small";
    item.append(name, bar, state);
    this.list.append(item);
    return { file, path, bar, state };
  }

  async send(row, told) {
    const { file, path, bar, state } = row;
    const files = `/deposit/${this.draft}/files`;
    const begun = await ask("POST", files, { path, size: file.size }, told);
    if (begun.status !== 201) throw new Refused(begun.said.error);
    const { key } = begun.said;
    let { received } = begun.said;
    for (let tries = 0; ; tries++) {
      while (received < file.size) {
        bar.value = received;
        const piece = file.slice(received, received + PIECE_BYTES, "application/octet-stream");
        const { status, said } = await ask("PUT", `${files}/${key}?offset=${received}`, piece, told);
        if (said.received === undefined) throw new Refused(said.error);
        if (status !== 200 && said.received === received) await pause(WAIT_FIRST_MS); // the last piece is still being written
        received = said.received;
      }
      bar.value = bar.max;
      const { status, said } = await ask("POST", `${files}/${key}/finish`, { sha256: await checksum(file) }, told);
      if (status === 200) break;
      if (status !== 409 || tries > 1) throw new Refused(said.error);
      received = said.received ?? 0; // it came over damaged: once more
    }
    if (/\.zip$/i.test(path)) {
      const { status, said } = await ask("POST", `${files}/${key}/unpack`, {}, told);
      if (status !== 200) throw new Refused(said.error);
      if (said.left_out.length) throw new Refused(said.left_out.join(" "));
    }
    state.textContent = this.words.arrived;
  }

  fail(row, error) {
    this.failed++;
    // A refusal without a sentence is no answer of ours: signed out, or the page is older than the session.
    row.state.textContent = error instanceof Refused ? error.message || this.words.refused : this.words.unread;
    row.state.setAttribute("role", "alert");
    row.bar.hidden = true;
  }

  onward() {
    const link = document.createElement("a");
    link.href = `/deposit/${this.draft}`;
    link.className = "button";
    link.textContent = this.words.onward;
    return link;
  }
}

class Keeping {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.status = document.querySelector("[data-said]");
    this.changed = new Set(); // the parts that wait to be kept
    this.queue = Promise.resolve();
    this.stopped = false;
    this.waiting = 0; // what is under way
    this.sending = false;
    this.lay(document);
    form.addEventListener("input", (event) => this.typed(event.target));
    form.addEventListener("change", (event) => this.keep(event.target.closest("[data-part]")));
    form.addEventListener("submit", (event) => this.submit(event));
    addEventListener("pagehide", () => this.leave());
    if (Number(form.dataset.unread)) this.look(Number(form.dataset.unread));
  }

  lay(root) {
    for (const each of root.querySelectorAll("[data-without-script]")) each.hidden = true;
  }

  typed(field) {
    const part = field.closest("[data-part]");
    if (!part) return;
    this.changed.add(part.id);
    for (const tag of part.querySelectorAll("[data-guess]")) if (tag.dataset.guess === field.name) tag.remove();
  }

  keep(part) {
    if (!part || this.stopped) return;
    this.changed.add(part.id);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.queue = this.queue.then(() => this.save()); }, SAVE_AFTER_MS);
  }

  async save() {
    const ids = [...this.changed];
    if (!ids.length || this.stopped) return;
    this.changed.clear();
    this.waiting++;
    const body = this.body(ids);
    try {
      const answer = await fetch(location.pathname, { method: "POST", body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.ok && page.querySelector("form[data-keep]")) {
        for (const id of ids) this.remember(id, body);
        this.put(page);
        this.say(this.words.kept);
      } else {
        this.stopped = true; // changed in another tab, signed out, or sent: nothing is written over
        this.say(page.querySelector("main [role=alert]")?.textContent || this.words.refused, true);
      }
    } catch {
      for (const id of ids) this.changed.add(id);
      this.say(this.words.lost, true);
      setTimeout(() => { this.queue = this.queue.then(() => this.save()); }, WAIT_FIRST_MS * 4);
    }
    this.waiting--;
  }

  body(ids) {
    const body = new URLSearchParams({ csrf_token: token(), revision: this.form.elements.revision.value, do: "save", part: "1" });
    for (const id of ids) {
      for (const field of document.getElementById(id)?.querySelectorAll("input, select, textarea") ?? []) {
        const off = (field.type === "radio" || field.type === "checkbox") && !field.checked;
        if (field.name && !off) body.append(field.name, field.value);
      }
    }
    return body;
  }

  // Whoever leaves the page at once still finds what was typed.
  leave() {
    if (!this.changed.size || this.stopped || this.sending) return;
    fetch(location.pathname, { method: "POST", body: this.body([...this.changed]), keepalive: true }).catch(() => {});
    this.changed.clear();
  }

  // What a part shows is from now on what was kept of it: only what differs from that is kept the next time.
  remember(id, kept) {
    const field = document.getElementById(id)?.querySelector('input[name="shown"]');
    if (!field) return;
    const shown = JSON.parse(field.value);
    for (const name in shown) shown[name] = Array.isArray(shown[name]) ? kept.getAll(name) : kept.get(name) ?? "";
    field.value = JSON.stringify(shown);
  }

  say(sentence, warns = false) {
    this.status.textContent = sentence;
    this.status.classList.toggle("warning", warns);
    clearTimeout(this.clearing);
    if (!warns) this.clearing = setTimeout(() => { this.status.textContent = ""; }, SAID_FOR_MS);
  }

  // The page as the server has it now, but for the part in which somebody is typing.
  put(page) {
    const fresh = page.querySelector("form[data-keep]");
    this.form.elements.revision.value = fresh.elements.revision.value;
    const parts = [...this.form.querySelectorAll("[data-part]")];
    const others = [...fresh.querySelectorAll("[data-part]")];
    if (parts.map((each) => each.id).join() !== others.map((each) => each.id).join()) {
      if (!this.changed.size) location.reload();
      return;
    }
    parts.forEach((part, n) => {
      const active = part.contains(document.activeElement) ? document.activeElement : null;
      const types = active?.matches('textarea, input[type="text"], input[type="date"]');
      if (types || this.changed.has(part.id)) return;
      const opened = [...part.querySelectorAll("details")].map((each) => each.open);
      others[n].querySelectorAll("details").forEach((each, m) => { each.open ||= opened[m]; });
      this.lay(others[n]);
      part.replaceWith(others[n]);
      if (active) [...others[n].querySelectorAll("input, select, button, a, summary")].find(
        (each) => each.name === active.name && each.value === active.value && each.textContent === active.textContent
      )?.focus();
    });
  }

  async submit(event) {
    clearTimeout(this.timer);
    this.sending = true; // the form itself takes all of it along
    if (!this.waiting) return;
    event.preventDefault(); // what is being kept at this moment goes first: it counts as another tab's otherwise
    await this.queue;
    this.form.requestSubmit(event.submitter);
  }

  async look(before) {
    let unread = before;
    while (unread) {
      await pause(LOOK_EVERY_MS);
      let now;
      try {
        now = await (await fetch(`${location.pathname}/reading`)).json();
      } catch {
        continue;
      }
      if (now.state !== "open" || this.stopped) return;
      if (now.unread === unread) continue;
      unread = now.unread;
      // In its turn: a page from before what is being kept at this moment would take back what was typed.
      await (this.queue = this.queue.then(() => this.renew()));
    }
    this.say(this.words.read);
  }

  async renew() {
    const answer = await fetch(location.pathname).catch(() => null);
    if (answer?.ok) this.put(new DOMParser().parseFromString(await answer.text(), "text/html"));
  }
}

for (const form of document.querySelectorAll("form[data-upload]")) new Uploads(form);
for (const form of document.querySelectorAll("form[data-keep]")) new Keeping(form);
// A page that goes on by itself, until somebody is choosing something on it.
for (const page of document.querySelectorAll("[data-again]")) {
  const again = () => {
    const chooses = chosen || document.activeElement?.matches("input, select, textarea, button, summary");
    if (chooses) setTimeout(again, Number(page.dataset.again));
    else location.reload();
  };
  let chosen = false;
  addEventListener("change", () => { chosen = true; });
  setTimeout(again, Number(page.dataset.again));
}
