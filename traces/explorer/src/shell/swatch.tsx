// SPDX-License-Identifier: Apache-2.0
// A state's look beside its name.
import { background, inkOn, type Look } from '../draw/palette';

export function Swatch(props: { look: Look; dark: boolean }) {
  const { look, dark } = props;
  return (
    <span class="swatch" aria-hidden="true"
          style={{ background: background(look, dark), color: inkOn(dark ? look.dark : look.light) }}>{look.letter}</span>
  );
}
