// An answer as a graph of links: what stands in one column, joined to what stands in another.

import { forceCenter, forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import type { SimulationLinkDatum, SimulationNodeDatum } from "d3-force";
import type { Answer, Cell } from "./answer";

const NAMESPACE = "http://www.w3.org/2000/svg";
const MOST_NODES = 60;
const STEPS = 300;
const WIDTH = 800;
const HEIGHT = 560;
// Pixels of a letter, which is as high as wide in Chinese and about half as wide in Latin.
const LETTER = 14;
const LETTERS = 14;
// Names smaller than this share of their size could not be read; the picture scrolls instead.
const LEAST_SCALE = 0.8;
const LABEL_PREDICATES = new Set(["skos:prefLabel", "rdfs:label", "schema:name", "dcterms:title"]);

interface Node extends SimulationNodeDatum {
  key: string;
  text: string;
  href: string | null;
  isTarget: boolean;
  degree: number;
}

interface Link extends SimulationLinkDatum<Node> {
  source: Node;
  target: Node;
  relation: string;
}

export interface Drawn {
  shown: number;
  of: number;
}

/**
 * Draws the links between two columns into a box, of sixty nodes at most. In a graph the labels of
 * nodes name them and are no nodes themselves.
 */
export function drawLinks(box: HTMLElement, answer: Answer, from: number, to: number, title: string): Drawn {
  const names = new Map<string, string>();
  let rows = answer.rows;
  if (answer.form === "graph") {
    rows = [];
    for (const row of answer.rows) {
      const [subject, predicate, object] = row;
      if (subject !== undefined && object !== undefined && LABEL_PREDICATES.has(predicate?.text ?? "")) {
        names.set(keyOf(subject), object.text);
      } else rows.push(row);
    }
  }
  const nodes = new Map<string, Node>();
  const links = new Map<string, Link>();
  let all = 0;
  for (const row of rows) {
    const [source, target] = [row[from], row[to]];
    if (source === undefined || target === undefined || source.text === "" || target.text === "") continue;
    all += 1;
    const missing = [source, target].filter((cell) => !nodes.has(keyOf(cell))).length;
    if (nodes.size + missing > MOST_NODES) continue;
    const relation = answer.form === "graph" ? (row[1]?.text ?? "") : "";
    const ends = [nodeOf(nodes, names, source, false), nodeOf(nodes, names, target, true)] as const;
    const key = `${ends[0].key} ${ends[1].key} ${relation}`;
    if (links.has(key)) continue;
    links.set(key, { source: ends[0], target: ends[1], relation });
    ends[0].degree += 1;
    ends[1].degree += 1;
  }
  const [placed, joined] = [[...nodes.values()], [...links.values()]];
  forceSimulation(placed)
    .force("link", forceLink(joined).distance(80))
    .force("charge", forceManyBody().strength(-220))
    .force("center", forceCenter(WIDTH / 2, HEIGHT / 2))
    .force("x", forceX(WIDTH / 2).strength(0.05))
    .force("y", forceY(HEIGHT / 2).strength(0.09))
    .force("collide", forceCollide<Node>((node) => Math.max(28, (node.isTarget ? 0.56 : 0.42) * widthOf(shorten(node.text)))))
    .stop()
    .tick(STEPS);
  const svg = svgOf(placed, joined, title);
  box.classList.add("links-box");
  box.tabIndex = 0;
  box.replaceChildren(svg);
  box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2;
  return { shown: joined.length, of: all };
}

function keyOf(cell: Cell): string {
  return cell.iri ?? `"${cell.text}`;
}

function nodeOf(nodes: Map<string, Node>, names: Map<string, string>, cell: Cell, isTarget: boolean): Node {
  const key = keyOf(cell);
  let node = nodes.get(key);
  if (node === undefined) {
    node = { key, text: names.get(key) ?? cell.text, href: cell.href, isTarget, degree: 0 };
    nodes.set(key, node);
  }
  return node;
}

function shorten(text: string): string {
  const letters = [...text];
  return letters.length > LETTERS ? `${letters.slice(0, LETTERS - 1).join("")}…` : text;
}

function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? LETTER : 0.55 * LETTER), 0);
}

function svgOf(nodes: Node[], links: Link[], title: string): SVGElement {
  const xs = nodes.map((node) => node.x ?? 0);
  const ys = nodes.map((node) => node.y ?? 0);
  const [left, top] = [Math.min(...xs) - 90, Math.min(...ys) - 40];
  const [width, height] = [Math.max(...xs) - left + 90, Math.max(...ys) - top + 40];
  const svg = make("svg", { class: "links", viewBox: `${left} ${top} ${width} ${height}` });
  svg.style.minWidth = `${Math.round(width * LEAST_SCALE)}px`;
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", title);
  for (const { source, target, relation } of links) {
    const ends = { x1: source.x ?? 0, y1: source.y ?? 0, x2: target.x ?? 0, y2: target.y ?? 0 };
    const line = make("line", ends);
    if (relation !== "") line.append(textOf("title", relation));
    svg.append(line);
  }
  for (const node of nodes) {
    const group = make("g", { class: node.isTarget ? "is-target" : "", transform: `translate(${node.x ?? 0} ${node.y ?? 0})` });
    const label = textOf("text", shorten(node.text));
    const radius = 4 + Math.min(Math.sqrt(node.degree) * 2, 8);
    // What many links lead to has its name above it, out of the way of its neighbours' names.
    label.setAttribute("y", String(node.isTarget ? -radius - 5 : radius + LETTER));
    group.append(make("circle", { r: radius }), label, textOf("title", node.text));
    if (node.href === null) svg.append(group);
    else {
      const anchor = make("a", { href: node.href });
      anchor.append(group);
      svg.append(anchor);
    }
  }
  return svg;
}

function make(name: string, attributes: Record<string, number | string>): SVGElement {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

function textOf(name: string, text: string): SVGElement {
  const element = make(name, {});
  element.textContent = text;
  return element;
}
