// SPDX-License-Identifier: Apache-2.0
// A headless Chromium for tests. Nothing may leave the page: every request but for the page's own file is refused
// and remembered, and so is every error.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const chromiumPath = places.find((path) => path && existsSync(path)) ?? '';
/** Why browser tests are left out; false where they are not. */
export const skipReason: string | false = chromiumPath ? false : 'no Chromium (Debian: package chromium)';

let browser: Browser | undefined;
export async function launch(): Promise<Browser> {
  return (browser ??= await chromium.launch({
    executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu', '--disable-lcd-text', '--allow-file-access-from-files=false'],
  }));
}
export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

export interface Watched {
  readonly page: Page;
  readonly faults: string[];  // requests that would have left the page, errors on its console
}

export interface Look {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  readonly scale?: number;
}

/** A fresh profile with nothing open. */
export async function blank(look: Look = {}): Promise<Watched> {
  const context = await (await launch()).newContext({
    viewport: { width: look.width ?? 1440, height: look.height ?? 900 }, colorScheme: look.theme ?? 'light',
    deviceScaleFactor: look.scale ?? 1,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  await page.route('**/*', (route) => {
    const url = route.request().url();
    if (url.startsWith('file:') && route.request().isNavigationRequest()) return route.continue();
    if (url.startsWith('data:') || url.startsWith('blob:')) return route.continue();
    faults.push(`request: ${url}`);
    return route.abort();
  });
  page.on('console', (message) => { if (message.type() === 'error') faults.push(`console: ${message.text()}`); });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}\n${error.stack}`));
  return { page, faults };
}

/** Opens the page in `file` at what `hash` says, and waits for its frame. */
export async function open(file: string, hash = '', look: Look = {}): Promise<Watched> {
  const watched = await blank(look);
  await watched.page.goto(pathToFileURL(file).href + (hash ? `#${hash}` : ''));
  await watched.page.locator('#main').waitFor();
  return watched;
}
