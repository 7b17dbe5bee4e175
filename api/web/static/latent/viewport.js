// The picture of a latent with what is marked on it, drawn on a canvas: enlarged, moved, turned, lightened.

const SIZE = 6; // of a mark, pixels on the screen
const TAIL = 20;
const CLOSEST = 14; // pixels within which a pointer means a mark
const LARGEST = 16; // screen pixels of one of the image's

const LOOKS = {
  mark: { colour: "#ff3b30", under: "#fff", dash: [] },
  chosen: { colour: "#ffd400", under: "#000", dash: [] },
  ghost: { colour: "#00b7ff", under: "#00243a", dash: [4, 3] },
};

export class View {
  constructor(canvas) {
    this.canvas = canvas;
    this.drawing = canvas.getContext("2d");
    this.picture = null;
    this.turned = 0; // degrees, clockwise
    this.contrast = 100; // percent
    this.inverted = false;
    this.cursor = { x: 0, y: 0 };
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  show(picture) {
    this.picture = null;
    this.resize();
    this.picture = picture;
    this.fit();
    this.cursor = { x: Math.round(picture.width / 2), y: Math.round(picture.height / 2) };
  }

  resize() {
    const density = window.devicePixelRatio || 1;
    this.wide = this.canvas.clientWidth;
    this.high = this.canvas.clientHeight;
    this.canvas.width = this.wide * density;
    this.canvas.height = this.high * density;
    this.density = density;
    this.redraw?.();
  }

  /** Shows all of the picture. */
  fit() {
    const { width, height } = this.picture;
    this.middle = { x: width / 2, y: height / 2 };
    this.zoom = Math.min(this.wide / width, this.high / height) || 1;
  }

  /** Enlarges by a factor; what lies at a point of the screen stays there. */
  enlarge(factor, at = { x: this.wide / 2, y: this.high / 2 }) {
    const held = this.toImage(at);
    this.zoom = Math.min(LARGEST, Math.max(0.05, this.zoom * factor));
    const now = this.toImage(at);
    this.middle = { x: this.middle.x + held.x - now.x, y: this.middle.y + held.y - now.y };
  }

  /** Moves the picture by pixels of the screen. */
  pan(dx, dy) {
    const [from, to] = [this.toImage({ x: 0, y: 0 }), this.toImage({ x: dx, y: dy })];
    this.middle = { x: this.middle.x + from.x - to.x, y: this.middle.y + from.y - to.y };
  }

  /** Brings a place of the image into sight where it is not. */
  reveal({ x, y }) {
    const at = this.toScreen({ x, y });
    const edge = 30;
    if (at.x < edge || at.y < edge || at.x > this.wide - edge || at.y > this.high - edge) this.middle = { x, y };
  }

  /** Whether a place is on the picture. */
  isOn({ x, y }) {
    return x >= 0 && y >= 0 && x <= this.picture.width && y <= this.picture.height;
  }

  toImage({ x, y }) {
    const [dx, dy] = rotated((x - this.wide / 2) / this.zoom, (y - this.high / 2) / this.zoom, -this.turned);
    return { x: this.middle.x + dx, y: this.middle.y + dy };
  }

  toScreen({ x, y }) {
    const [dx, dy] = rotated((x - this.middle.x) * this.zoom, (y - this.middle.y) * this.zoom, this.turned);
    return { x: this.wide / 2 + dx, y: this.high / 2 + dy };
  }

  /** Returns which of some places is meant by a point of the screen, -1 where none is near. */
  nearest(places, at) {
    let best = -1;
    let closest = CLOSEST;
    places.forEach((place, number) => {
      const its = this.toScreen(place);
      const distance = Math.hypot(its.x - at.x, its.y - at.y);
      if (distance < closest) [best, closest] = [number, distance];
    });
    return best;
  }

  /** Draws the picture with { minutiae, ghosts, region }, a mark that is chosen, and a region that is being drawn. */
  draw({ minutiae, ghosts, region }, chosen, corners) {
    if (!this.picture) return;
    const { drawing, density, wide, high } = this;
    drawing.setTransform(density, 0, 0, density, 0, 0);
    drawing.clearRect(0, 0, wide, high);
    this.drawPicture();
    drawing.setTransform(density, 0, 0, density, 0, 0);
    if (region) this.drawRegion(region, true);
    if (corners.length) this.drawRegion(corners, false);
    for (const one of ghosts) this.drawMark(one, LOOKS.ghost);
    minutiae.forEach((one, place) => place !== chosen && this.drawMark(one, LOOKS.mark));
    if (minutiae[chosen]) this.drawMark(minutiae[chosen], LOOKS.chosen);
    if (document.activeElement === this.canvas) this.drawCursor();
  }

  drawPicture() {
    const { drawing } = this;
    drawing.filter = `${this.inverted ? "invert(1) " : ""}contrast(${this.contrast}%)`;
    drawing.translate(this.wide / 2, this.high / 2);
    drawing.rotate((this.turned * Math.PI) / 180);
    drawing.scale(this.zoom, this.zoom);
    drawing.translate(-this.middle.x, -this.middle.y);
    drawing.imageSmoothingEnabled = this.zoom < 3;
    drawing.drawImage(this.picture, 0, 0);
    drawing.filter = "none";
  }

  drawMark(one, { colour, under, dash }) {
    const { x, y } = this.toScreen(one);
    const angle = (-one.direction + this.turned) * (Math.PI / 180);
    const path = new Path2D();
    if (one.type === "bifurcation") path.rect(x - SIZE, y - SIZE, 2 * SIZE, 2 * SIZE);
    else if (one.type === "ending") path.arc(x, y, SIZE, 0, 2 * Math.PI);
    else path.addPath(new Path2D(`M${x} ${y - SIZE} L${x + SIZE} ${y + SIZE} L${x - SIZE} ${y + SIZE} Z`));
    path.moveTo(x + SIZE * Math.cos(angle), y + SIZE * Math.sin(angle));
    path.lineTo(x + TAIL * Math.cos(angle), y + TAIL * Math.sin(angle));
    this.stroke(path, under, 4.5, []);
    this.stroke(path, colour, 2, dash);
  }

  drawRegion(corners, isClosed) {
    const path = new Path2D();
    corners.forEach(([x, y], place) => {
      const at = this.toScreen({ x, y });
      if (place) path.lineTo(at.x, at.y);
      else path.moveTo(at.x, at.y);
    });
    if (isClosed) path.closePath();
    this.stroke(path, "#000", 4, []);
    this.stroke(path, "#7dff6b", 2, [8, 4]);
  }

  drawCursor() {
    const { x, y } = this.toScreen(this.cursor);
    const path = new Path2D(
      `M${x - 14} ${y} H${x - 3} M${x + 3} ${y} H${x + 14} M${x} ${y - 14} V${y - 3} M${x} ${y + 3} V${y + 14}`,
    );
    this.stroke(path, "#000", 4, []);
    this.stroke(path, "#fff", 2, []);
  }

  stroke(path, colour, width, dash) {
    Object.assign(this.drawing, { strokeStyle: colour, lineWidth: width });
    this.drawing.setLineDash(dash);
    this.drawing.stroke(path);
  }
}

function rotated(x, y, degrees) {
  const angle = (degrees * Math.PI) / 180;
  return [x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle)];
}
