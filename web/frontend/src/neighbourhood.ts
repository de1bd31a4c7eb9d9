// What surrounds a thing, drawn: itself, a small knot for each relation, and its neighbours. A
// neighbour that is chosen shows its own. The list on the page says the same without a script.

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import type { SimulationLinkDatum, SimulationNodeDatum } from "d3-force";

import { separate, type Box } from "./shared/separate";
import { readShown } from "./shared/shown";

interface Thing {
  id: string;
  name: string;
  color: string;
  href: string | null;
  around: string | null;
}

interface Relation {
  words: string;
  total: number;
  nodes: Thing[];
}

interface Surroundings {
  node: Thing;
  relations: Relation[];
}

interface Knot extends SimulationNodeDatum {
  key: string;
  thing: Thing | null;
  text: string;
  isCentre: boolean;
}

type Joint = SimulationLinkDatum<Knot> & { source: Knot; target: Knot };

const NAMESPACE = "http://www.w3.org/2000/svg";
const SHOWN_AT_FIRST = 60;
const SHOWN_AT_MOST = 150;
const SHOWN_OF_ANOTHER = 18;
const STEPS = 260;
const LETTERS = 10;
const NARROW = 640;
// Between two names, and around all of them.
const GAP = 4;
const MARGIN = 16;
// Names smaller than this share of their size could not be read; the picture scrolls instead.
const LEAST_SCALE = 0.85;

class Network {
  private readonly knots = new Map<string, Knot>();
  private readonly joints = new Map<string, Joint>();
  private readonly expanded = new Set<string>();
  private readonly picture: HTMLElement;
  private readonly status: HTMLElement;
  private readonly open: HTMLAnchorElement;

  constructor(private readonly root: HTMLElement) {
    this.picture = find(root, ".network");
    this.status = find(root, "[data-network-status]");
    this.open = find(root, "[data-open-link]");
  }

  async start(): Promise<void> {
    const found = await ask(location.href);
    this.add(found, SHOWN_AT_FIRST);
    const centre = this.knots.get(found.node.id);
    if (centre !== undefined) centre.isCentre = true;
    this.root.hidden = false;
    this.draw();
  }

  private add(found: Surroundings, most: number): void {
    const centre = this.knotOf(found.node);
    this.expanded.add(found.node.id);
    let left = most;
    for (const relation of found.relations) {
      if (left <= 0 || this.knots.size >= SHOWN_AT_MOST) break;
      const key = `${found.node.id} ${relation.words}`;
      const fresh = relation.nodes.slice(0, left);
      if (fresh.length === 0) continue;
      const text = relation.total > 1 ? `${relation.words} ${relation.total}` : relation.words;
      const knot: Knot = { key, thing: null, text, isCentre: false, ...near(centre) };
      this.knots.set(key, knot);
      this.join(centre, knot);
      for (const thing of fresh) {
        if (!this.knots.has(thing.id)) left -= 1;
        this.join(knot, this.knotOf(thing, centre));
      }
    }
  }

  private knotOf(thing: Thing, beside?: Knot): Knot {
    let knot = this.knots.get(thing.id);
    if (knot === undefined) {
      knot = { key: thing.id, thing, text: thing.name, isCentre: false, ...(beside ? near(beside) : {}) };
      this.knots.set(thing.id, knot);
    }
    return knot;
  }

  private join(source: Knot, target: Knot): void {
    this.joints.set(`${source.key}\n${target.key}`, { source, target });
  }

  private draw(focus?: string): void {
    const [knots, joints] = [[...this.knots.values()], [...this.joints.values()]];
    const svg = make("svg", { role: "group" });
    svg.setAttribute("aria-label", this.root.dataset["title"] ?? "");
    this.picture.replaceChildren(svg);
    const drawn = knots.map((knot) => {
      const element = knot.thing === null ? relationOf(knot) : this.thingOf(knot, knot.thing);
      svg.append(element);
      return { knot, element, extent: element.getBBox() };
    });
    this.placeKnots(knots, joints);
    const boxes = drawn.map(({ knot, extent }) => boxOf(knot, extent));
    separate(boxes, GAP);
    for (const [index, { knot, element }] of drawn.entries()) {
      const { x, y } = boxes[index] ?? { x: 0, y: 0 };
      [knot.x, knot.y] = [x, y];
      element.setAttribute("transform", `translate(${x} ${y})`);
    }
    for (const { source, target } of joints) {
      svg.prepend(make("line", { class: "link", x1: source.x ?? 0, y1: source.y ?? 0, x2: target.x ?? 0, y2: target.y ?? 0 }));
    }
    this.fit(svg, boxes);
    this.picture.scrollLeft = this.middle(svg, knots) - this.picture.clientWidth / 2;
    if (focus !== undefined) {
      for (const anchor of svg.querySelectorAll<SVGAElement>("a")) {
        if (anchor.dataset["key"] === focus) anchor.focus();
      }
    }
  }

  /** As wide or as tall as the room is. */
  private placeKnots(knots: Knot[], joints: Joint[]): void {
    const [across, down] = this.picture.clientWidth < NARROW ? [0.2, 0.03] : [0.03, 0.14];
    forceSimulation(knots)
      .force("link", forceLink<Knot, Joint>(joints).distance((joint) => (joint.target.thing === null ? 90 : 60)))
      .force("charge", forceManyBody<Knot>().strength(-260))
      .force("x", forceX<Knot>(0).strength(across))
      .force("y", forceY<Knot>(0).strength(down))
      .force("collide", forceCollide<Knot>((knot) => (knot.thing === null ? 36 : 54)))
      .stop()
      .tick(STEPS);
  }

  /** Where the thing that all begins with lies, in pixels from the left of the drawing. */
  private middle(svg: SVGElement, knots: Knot[]): number {
    const centre = knots.find((knot) => knot.isCentre);
    const [left = 0, , width = 1] = (svg.getAttribute("viewBox") ?? "").split(" ").map(Number);
    return (((centre?.x ?? left) - left) / width) * this.picture.scrollWidth;
  }

  /** The part of the plane that is shown: never larger than life, few things in the middle. */
  private fit(svg: SVGElement, boxes: Box[]): void {
    const left = Math.min(...boxes.map((box) => box.x + box.left)) - MARGIN;
    const top = Math.min(...boxes.map((box) => box.y + box.top)) - MARGIN;
    const needed = Math.max(...boxes.map((box) => box.x + box.right)) + MARGIN - left;
    const height = Math.max(...boxes.map((box) => box.y + box.bottom)) + MARGIN - top;
    const width = Math.max(needed, this.picture.clientWidth);
    svg.setAttribute("viewBox", `${left - (width - needed) / 2} ${top} ${width} ${height}`);
    svg.style.minWidth = `${Math.round(width * LEAST_SCALE)}px`;
  }

  private thingOf(knot: Knot, thing: Thing): SVGGraphicsElement {
    const anchor = make("a", { class: `c-${thing.color}${knot.isCentre ? " centre" : ""}` });
    if (thing.href !== null) anchor.setAttribute("href", thing.href);
    anchor.dataset["key"] = knot.key;
    const radius = knot.isCentre ? 16 : 10;
    const label = textOf("text", shorten(thing.name, knot.isCentre ? 2 * LETTERS : LETTERS));
    label.setAttribute("y", String(radius + 14));
    anchor.append(make("circle", { r: radius }), label, textOf("title", thing.name));
    anchor.addEventListener("click", (event) => {
      // With a modifier the link is a link.
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void this.choose(thing);
    });
    return anchor;
  }

  private async choose(thing: Thing): Promise<void> {
    if (thing.href !== null) {
      this.open.href = thing.href;
      this.open.textContent = (this.root.dataset["open"] ?? "{name}").replace("{name}", thing.name);
    }
    if (thing.around === null || this.expanded.has(thing.id)) return;
    if (this.knots.size >= SHOWN_AT_MOST) {
      this.status.textContent = this.root.dataset["full"] ?? "";
      return;
    }
    this.add(await ask(thing.around + location.search), SHOWN_OF_ANOTHER);
    this.draw(thing.id);
    this.status.textContent = (this.root.dataset["more"] ?? "{name}").replace("{name}", thing.name);
  }
}

async function ask(address: string): Promise<Surroundings> {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`expected the neighbourhood at ${address}, got ${response.status}`);
  return readShown<Surroundings>(response);
}

function relationOf(knot: Knot): SVGGraphicsElement {
  const label = textOf("text", shorten(knot.text, 2 * LETTERS));
  label.setAttribute("class", "relation");
  label.setAttribute("dy", "4");
  return label;
}

function near(knot: Knot): { x: number; y: number } {
  return { x: (knot.x ?? 0) + Math.random() * 20 - 10, y: (knot.y ?? 0) + Math.random() * 20 - 10 };
}

function boxOf(knot: Knot, extent: DOMRect): Box {
  const { x, y, width, height } = extent;
  return { x: knot.x ?? 0, y: knot.y ?? 0, left: x, right: x + width, top: y, bottom: y + height };
}

function shorten(text: string, letters: number): string {
  const characters = [...text];
  return characters.length > letters ? `${characters.slice(0, letters - 1).join("")}…` : text;
}

function make<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Record<string, number | string>,
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

function textOf<Name extends "text" | "title">(name: Name, text: string): SVGElementTagNameMap[Name] {
  const element = make(name, {});
  element.textContent = text;
  return element;
}

function find<T extends Element>(root: HTMLElement, selector: string): T {
  const element = root.querySelector<T>(selector);
  if (element === null) throw new Error(`expected ${selector} in the page`);
  return element;
}

document.querySelectorAll<HTMLElement>("[data-network]").forEach((root) => void new Network(root).start());
