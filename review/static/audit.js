// Draws a random sample of accepted cells.

import { post, say } from "./api.js";

const $ = (id) => document.getElementById(id);

$("sample").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const { cells } = await post("/api/audit/sample", { cells: Number($("count").value) });
    $("note").textContent = say("audit.drawn", { n: cells });
    $("waiting").textContent = Number($("waiting").textContent) + cells;
  } catch (problem) {
    $("note").textContent = problem.message;
  }
});
