// Moves boxes apart until none lies over another, and each as little as that takes.

export interface Box {
  /** Where its own point lies, which is moved. */
  x: number;
  y: number;
  /** How far it reaches from its point. */
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const ROUNDS = 300;
const GROWTH = 1.08;

/** Where boxes lie too close together to be moved apart, all places grow until there is room. */
export function separate(boxes: Box[], gap: number): void {
  while (!moveApart(boxes, gap)) {
    for (const box of boxes) {
      box.x *= GROWTH;
      box.y *= GROWTH;
    }
  }
}

function moveApart(boxes: Box[], gap: number): boolean {
  for (let round = 0; round < ROUNDS; round += 1) {
    let isClear = true;
    for (const [index, one] of boxes.entries()) {
      for (const other of boxes.slice(index + 1)) {
        // Asked for is half a pixel more than what counts as enough, so that rounding ends.
        if (overlap(one, other, gap) === null) continue;
        isClear = false;
        push(one, other, overlap(one, other, gap + 0.5) ?? { x: 0, y: 0 });
      }
    }
    if (isClear) return true;
  }
  return false;
}

function overlap(one: Box, other: Box, gap: number): { x: number; y: number } | null {
  const x = Math.min(one.x + one.right - other.x - other.left, other.x + other.right - one.x - one.left) + gap;
  const y = Math.min(one.y + one.bottom - other.y - other.top, other.y + other.bottom - one.y - one.top) + gap;
  return x > 0 && y > 0 ? { x, y } : null;
}

/** Half the way each, along the axis on which they are sooner apart. */
function push(one: Box, other: Box, by: { x: number; y: number }): void {
  if (by.x < by.y) {
    const side = one.x + one.left + one.right < other.x + other.left + other.right ? -0.5 : 0.5;
    one.x += side * by.x;
    other.x -= side * by.x;
  } else {
    const side = one.y + one.top + one.bottom < other.y + other.top + other.bottom ? -0.5 : 0.5;
    one.y += side * by.y;
    other.y -= side * by.y;
  }
}
