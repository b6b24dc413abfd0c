// SPDX-License-Identifier: Apache-2.0
// The views, in the order in which the page lists them.
import { floorplan } from './floorplan/floorplan';
import { overview } from './overview/overview';
import type { View } from './view';

export const views: readonly View[] = [overview, floorplan];
