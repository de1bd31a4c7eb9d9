// What the service answers to a query, as `POST /sparql/answer` has it.

import { readShown } from "../shown";

export interface Cell {
  text: string;
  href: string | null;
  language: string | null;
  iri: string | null;
}

export interface Answer {
  form: "bindings" | "boolean" | "graph";
  truncated: boolean;
  variables: string[];
  rows: Cell[][];
  turtle: string | null;
  boolean: boolean | null;
  suffixes: string[];
}

/** A refusal as RFC 9457 has it; line and column count from 1. */
export interface Problem {
  title: string;
  detail: string;
  line?: number;
  column?: number;
}

/** A query was refused or failed. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number that a cell shows; NaN where it shows none, or is a node. */
export function numberOf(cell: Cell): number {
  return cell.iri === null && NUMBER.test(cell.text) ? Number(cell.text) : NaN;
}

/** Whether all cells of a column that are filled hold numbers, and some are filled. */
export function isNumeric(answer: Answer, column: number): boolean {
  const filled = answer.rows.map((row) => row[column]).filter((cell) => cell !== undefined && cell.text !== "");
  return filled.length > 0 && filled.every((cell) => cell !== undefined && !Number.isNaN(numberOf(cell)));
}

/**
 * Asks a query. Aborting the signal closes the connection, upon which the service ends the process
 * that works on it.
 *
 * @throws ProblemError when the service refuses it.
 */
export async function ask(address: string, query: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(address, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams({ query }),
    signal,
  });
  if (!response.ok) throw new ProblemError((await response.json()) as Problem);
  return readShown<Answer>(response);
}
