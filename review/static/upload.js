// Sends a scan in and follows what becomes of it.

import { get, postFile, say } from "./api.js";

const $ = (id) => document.getElementById(id);
const ASK_MS = 1500;

$("send").addEventListener("click", async () => {
  const file = $("upload").files[0];
  if (!file) return;
  $("send").disabled = true;
  try {
    let job = await postFile("/api/documents", file);
    while (job.state === "waiting") {
      $("upload-state").textContent = say("upload.waiting");
      await new Promise((again) => setTimeout(again, ASK_MS));
      job = await get(`/api/documents/${job.sha256}`);
    }
    tell(job);
  } catch (problem) {
    $("upload-state").textContent = say("upload.failed", { message: problem.message });
  }
  $("send").disabled = false;
});

function tell(job) {
  if (job.state === "failed") {
    $("upload-state").textContent = say("upload.failed", { message: `${job.message} ${job.remedy ?? ""}` });
    return;
  }
  const link = Object.assign(document.createElement("a"), { href: `/records/${job.record_id}`, textContent: say("upload.done") });
  $("upload-state").replaceChildren(link);
}
