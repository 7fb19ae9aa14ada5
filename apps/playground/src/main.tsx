import { render } from "preact";
import { App } from "./app";
import "./styles/page.css";
import "./styles/parts.css";
import "./styles/chart.css";
import "./styles/figure.css";
import "./styles/lsh.css";
import "./styles/reversible.css";
import "./styles/models.css";
import { holdsFiles } from "./files/dropped";
import { WorkerClient } from "./worker/client";

const client = new WorkerClient(
  () => new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module", name: "tensors" }),
);

// A file that nobody takes would replace the page.
for (const name of ["dragover", "drop"] as const)
  addEventListener(name, (event) => void (holdsFiles(event) && event.preventDefault()));

const page = document.getElementById("page")!;
page.replaceChildren();
render(<App client={client} />, page);
