import type { Engine } from '../engine/engine.ts'
import type { Place } from './target.ts'

/** How a destination is opened: from its URI as the user gave it, with the engine that will hand it stages. */
export type Open = (uri: string, engine: Engine) => Promise<Place>
