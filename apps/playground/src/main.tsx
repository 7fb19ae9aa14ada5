import { render } from "preact";
import { App } from "./app";
import "./styles/page.css";
import "./styles/parts.css";
import "./styles/chart.css";
import "./styles/figure.css";
import "./styles/lsh.css";
import "./styles/reversible.css";
import "./styles/models.css";
import { WorkerClient } from "./worker/client";

const client = new WorkerClient(
  () => new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module", name: "tensors" }),
);

const page = document.getElementById("page")!;
page.replaceChildren();
render(<App client={client} />, page);
