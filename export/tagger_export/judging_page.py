"""A page on which a person says of each photo whether caption and tags are right, and that counts it.

What was judged stays in the browser's local storage, and leaves it only as a table that the person copies.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.report import harmless
from tagger_export.markup import new_page, picture, references, shown, thumbnail
from tagger_export.sureness import confidence

if TYPE_CHECKING:
    from tagger_training.datasets import CaptionedPhoto

    from tagger.core.records import Caption
    from tagger_export.answers import Answers

_VERDICTS = (("right", "right"), ("half", "half right"), ("wrong", "wrong"))
_STYLE = """
header { position: sticky; top: 0; background: Canvas; padding: .5rem 0; border-bottom: 1px solid #8886 }
button { font: inherit; padding: .25rem .7rem; cursor: pointer } .tags button { font-size: .85rem; margin: .15rem }
button[aria-pressed=true] { outline: 3px solid #36c } .tags button[aria-pressed=true] { text-decoration: line-through }
.tags button[aria-pressed=true] { outline-color: #b3261e } textarea { width: 100%; height: 12rem }
article.judged { opacity: .75 }
"""
_SCRIPT = """
"use strict";
const articles = [...document.querySelectorAll("article")];
const place = "tagger-judged-" + document.querySelector("main").dataset.key;
let judged = {};
try { judged = JSON.parse(localStorage.getItem(place)) || {}; } catch { judged = {}; }
const own = article => judged[article.id] ||= { verdict: "", wrong: [] };
const tagsOf = article => [...article.querySelectorAll(".tags button")];
function show() {
  const counts = { right: 0, half: 0, wrong: 0, "": 0 };
  let right = 0, wrong = 0;
  for (const article of articles) {
    const { verdict, wrong: bad } = own(article);
    counts[verdict] += 1;
    article.classList.toggle("judged", verdict !== "");
    for (const button of article.querySelectorAll("[data-verdict]"))
      button.setAttribute("aria-pressed", button.dataset.verdict === verdict);
    for (const button of tagsOf(article)) {
      const isWrong = bad.includes(button.dataset.tag);
      button.setAttribute("aria-pressed", isWrong);
      if (verdict !== "") isWrong ? wrong += 1 : right += 1;
    }
  }
  document.getElementById("counts").textContent =
    `captions: ${counts.right} right, ${counts.half} half right, ${counts.wrong} wrong, ${counts[""]} to judge; ` +
    `tags of judged photos: ${right} right, ${wrong} wrong`;
  try { localStorage.setItem(place, JSON.stringify(judged)); } catch { }
}
function table() {
  const rows = [["photo", "verdict", "sure", "caption", "tags right", "tags wrong"]];
  for (const article of articles) {
    const { verdict, wrong } = own(article);
    const tags = tagsOf(article).map(button => button.dataset.tag);
    const { photo, sure, caption } = article.dataset;
    rows.push([photo, verdict, sure, caption, tags.filter(tag => !wrong.includes(tag)).join("; "),
      tags.filter(tag => wrong.includes(tag)).join("; ")]);
  }
  return rows.map(row => row.join("\\t")).join("\\n") + "\\n";
}
function judge(article, verdict) {
  const mine = own(article);
  mine.verdict = mine.verdict === verdict ? "" : verdict;
  show();
}
document.addEventListener("click", event => {
  const button = event.target.closest("button");
  if (!button) return;
  const article = button.closest("article");
  if (button.dataset.verdict) judge(article, button.dataset.verdict);
  else if (button.dataset.tag) {
    const mine = own(article), tag = button.dataset.tag;
    mine.wrong = mine.wrong.includes(tag) ? mine.wrong.filter(other => other !== tag) : [...mine.wrong, tag];
    show();
  } else if (button.id === "copy") {
    const area = document.getElementById("table");
    area.hidden = false;
    area.value = table();
    area.select();
    if (navigator.clipboard) navigator.clipboard.writeText(area.value).catch(() => document.execCommand("copy"));
    else document.execCommand("copy");
  } else if (button.id === "again" && confirm("Forget everything that was judged on this page?")) {
    judged = {};
    show();
  }
});
document.addEventListener("keydown", event => {
  const verdict = { 1: "right", 2: "half", 3: "wrong" }[event.key];
  if (!verdict || event.ctrlKey || event.altKey || event.metaKey || event.target.tagName === "TEXTAREA") return;
  const next = articles.find(article => own(article).verdict === "");
  if (!next) return;
  judge(next, verdict);
  const after = articles.find(article => own(article).verdict === "");
  if (after) after.scrollIntoView({ block: "center" });
});
show();
"""


def write_judging_page(out: Path, title: str, answers: "Answers", progress: Callable[[], None]) -> None:
    """Write the page, photos in their order; ``progress`` is called after each. Raises RunError."""
    judged = zip(answers.photos, answers.captions, strict=True)
    said = "\n".join([title, *(f"{photo.path.name}\t{caption.text}" for photo, caption in judged)])
    key = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]
    with new_page(out, title, style=_STYLE, script=_SCRIPT) as write:
        write(
            "<p>Say of each caption whether it is right, half right or wrong, and click the tags that are wrong. The "
            "keys 1, 2 and 3 judge the next photo. What you said stays in this browser.</p>\n"
            '<header><b id="counts"></b> <button id="copy">copy as TSV</button> '
            '<button id="again">begin again</button></header>\n'
            f'<textarea id="table" hidden readonly></textarea>\n<main data-key="{key}">\n'
        )
        for number, (photo, caption) in enumerate(zip(answers.photos, answers.captions, strict=True), start=1):
            write(_article(number, photo, caption))
            progress()
        write("</main>\n")


def _article(number: int, photo: "CaptionedPhoto", caption: "Caption") -> str:
    buttons = " ".join(
        f'<button data-verdict="{name}" aria-pressed="false">{text}</button>' for name, text in _VERDICTS
    )
    tags = "".join(
        f'<button data-tag="{_cell(tag.label)}" aria-pressed="false">{shown(tag.label)}</button>'
        for tag in caption.tags
    )
    sure = f"{confidence(caption):.2f}"
    return (
        f'<article id="photo-{number}" data-photo="{_cell(photo.path.name)}" data-caption="{_cell(caption.text)}" '
        f'data-sure="{sure}">{picture(thumbnail(photo.path), photo.path.name)}<div>'
        f'<p class="said">{shown(caption.text)}</p><p>{buttons}</p><p class="tags">{tags}</p>'
        f'<p class="score">{number}: {sure} sure, {shown(photo.path.name)}</p>'
        f"<details><summary>what people wrote</summary>{references(photo.captions)}</details></div></article>\n"
    )


def _cell(text: str) -> str:
    """Text of a cell of the table, which a spreadsheet does not take for a formula."""
    return shown(harmless(" ".join(text.split())))
