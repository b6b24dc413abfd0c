// SPDX-License-Identifier: Apache-2.0
// A colour for each layer: neighbours in the network differ. Okabe and Ito's set, as in draw/palette; names stand
// beside, so that nothing hangs on colour alone.
import { noLayer } from '../../format/records';

const light = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#7a4fa3', '#c9bb00'];
const dark = ['#4aa8e0', '#f2b53a', '#2fc79a', '#e79cc4', '#8fd0f5', '#ff8a3c', '#b48ae0', '#f0e442'];
export const layerColour = (layer: number, isDark: boolean) => layer === noLayer ? '#8a8f98' : (isDark ? dark : light)[layer % light.length]!;
