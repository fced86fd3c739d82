import "./vla.css";
import type { Viewer } from "../page/viewer.ts";
import { CandidatesCard } from "./candidates-card.ts";
import { DecisionLog } from "./decision-log.ts";
import { FutureView } from "./future-view.ts";
import { InstructionCard } from "./instruction-card.ts";
import { OutcomesTable } from "./outcomes-table.ts";
import { ScoreHistory } from "./score-history.ts";

/** Where one looks at the bench and at what the hands do. */
const BENCH_VIEW = { eye: [1.62, -1.0, 1.72], target: [0.24, 0.02, 1.08] } as const;

/** Puts all that there is to see and do about a VLA on the page: loaded when a server tells of one. */
export function openVlaPanel(viewer: Viewer, { left, dock }: { left: HTMLElement; dock: HTMLElement }): void {
  const log = new DecisionLog();
  const instruction = new InstructionCard(viewer);
  const history = new ScoreHistory(log);
  const outcomes = new OutcomesTable();
  const candidates = new CandidatesCard(history.root, outcomes.root);
  const futures = new FutureView(viewer);
  left.prepend(instruction.root);
  dock.prepend(candidates.root);
  const { link } = viewer;
  if (!new URL(location.href).searchParams.has("eye")) lookAtBench(viewer);
  const now = <T>(report: T | undefined, listener: (report: T) => void) => {
    if (report !== undefined) listener(report);
  };
  const onVla = ({ vla }: { vla: Parameters<OutcomesTable["show"]>[0] }) => {
    instruction.show(vla);
    outcomes.show(vla);
    if (vla.state === "ready") futures.clear();
  };
  const onDecision = ({ decision }: { decision: Parameters<DecisionLog["add"]>[0] }) => {
    log.add(decision);
    candidates.show(decision);
    history.draw();
    futures.decided(decision);
  };
  link.on("vla", onVla);
  link.on("decision", onDecision);
  link.on("pictures", ({ pictures }) => instruction.see(pictures));
  link.on("futures", (report) => futures.foreseen(report.futures));
  now(link.latest("vla"), onVla);
  now(link.latest("decision"), onDecision);
  now(link.latest("pictures"), ({ pictures }) => instruction.see(pictures));
  now(link.latest("futures"), (report) => futures.foreseen(report.futures));
}

/** Once; from then on a person decides. */
function lookAtBench(viewer: Viewer): void {
  viewer.rig.view = BENCH_VIEW;
  if (viewer.view !== undefined) return;
  const forget = viewer.link.on("scene", () => {
    forget();
    viewer.rig.view = BENCH_VIEW;
  });
}
