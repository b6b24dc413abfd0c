// SPDX-License-Identifier: Apache-2.0
// The views, in the order in which the page lists them.
import { diff } from './diff/diff';
import { dram } from './dram/dram';
import { floorplan } from './floorplan/floorplan';
import { gpu } from './gpu/gpu';
import { instructions } from './instructions/instructions';
import { layers } from './layers/layers';
import { overview } from './overview/overview';
import { roofline } from './roofline/roofline';
import { sram } from './sram/sram';
import { timeline } from './timeline/timeline';
import { wavefront } from './wavefront/wavefront';
import type { View } from './view';

export const views: readonly View[] = [overview, timeline, layers, instructions, floorplan, wavefront, sram, dram, roofline, diff, gpu];
