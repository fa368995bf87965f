import type { Listener } from '../../model/run-event.ts'
import type { Terminal } from '../terminal.ts'
import { createBars } from './bars.ts'
import { jsonProgress } from './json.ts'
import type { ProgressKind } from './kinds.ts'
import { lineProgress } from './lines.ts'

const PAINT_EVERY_MS = 100

/** Bars on a terminal, lines elsewhere, JSON on request. */
export async function openProgress(kind: ProgressKind | undefined, terminal: Terminal): Promise<Listener> {
  const chosen = kind ?? (terminal.isInteractive ? 'interactive' : 'log')
  switch (chosen) {
    case 'json':
      return jsonProgress(terminal.print)
    case 'log':
      return lineProgress(terminal.tell, Date.now)
    case 'interactive':
      return interactive(terminal)
    default:
      return chosen satisfies never
  }
}

async function interactive({ openFrame, tell, size }: Terminal): Promise<Listener> {
  const { listener, paint } = createBars({ frame: await openFrame(), tell, size, now: Date.now })
  const painting = setInterval(paint, PAINT_EVERY_MS)
  // A run that ends without saying so must not be kept alive by its bars.
  painting.unref()
  return (event) => {
    if (event.type === 'run done') clearInterval(painting)
    listener(event)
  }
}
