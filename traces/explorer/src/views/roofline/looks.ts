// SPDX-License-Identifier: Apache-2.0
// What bounds a layer, as colour and shape: colours of Okabe and Ito, as in draw/palette.

export interface BoundLook {
  readonly name: string;
  readonly light: string;
  readonly dark: string;
  /** An SVG path of the area of a circle of that radius. */
  readonly shape: (x: number, y: number, radius: number) => string;
}
const circle = (x: number, y: number, r: number) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const square = (x: number, y: number, r: number) => {
  const half = r * Math.sqrt(Math.PI) / 2;
  return `M${x - half} ${y - half}h${2 * half}v${2 * half}h${-2 * half}z`;
};
const triangle = (x: number, y: number, r: number) => {
  const side = r * Math.sqrt(4 * Math.PI / Math.sqrt(3)), rise = side * Math.sqrt(3) / 2;
  return `M${x} ${y - rise * 2 / 3}L${x + side / 2} ${y + rise / 3}H${x - side / 2}z`;
};
const diamond = (x: number, y: number, r: number) => {
  const half = r * Math.sqrt(Math.PI / 2);
  return `M${x} ${y - half}L${x + half} ${y}L${x} ${y + half}L${x - half} ${y}z`;
};
const looks: Record<string, BoundLook> = {
  compute: { name: 'by compute', light: '#0072b2', dark: '#4aa8e0', shape: circle },
  memory: { name: 'by memory', light: '#b86e00', dark: '#f2b53a', shape: square },
  ports: { name: 'by the buffer\'s ports', light: '#00785a', dark: '#2fc79a', shape: diamond },
};
const others: BoundLook = { name: 'by something else', light: '#a3477c', dark: '#e79cc4', shape: triangle };
export const lookOfBound = (bound: string): BoundLook => looks[bound] ?? { ...others, name: `by ${bound}` };
