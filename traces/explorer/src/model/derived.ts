// SPDX-License-Identifier: Apache-2.0
// What is computed from all records of a run, once: the graph of what ended what, and the critical path.
import { criticalPath, type CriticalPath } from './critical_path';
import { Graph } from './graph';
import type { Run } from './run';

const graphs = new WeakMap<Run, Promise<Graph>>();
const paths = new WeakMap<Run, Promise<CriticalPath>>();

const eagerRecords = 2_000_000;
/** All records are read without being asked for: more of them take seconds. */
export const isEager = (run: Run): boolean => run.hasRecords && run.file.recordCount <= eagerRecords;

export function graphOf(run: Run): Promise<Graph> {
  let graph = graphs.get(run);
  if (!graph) graphs.set(run, graph = Graph.load(run));
  return graph;
}
export function pathOf(run: Run): Promise<CriticalPath> {
  let path = paths.get(run);
  if (!path) paths.set(run, path = graphOf(run).then(criticalPath));
  return path;
}
