import { named } from './groups.ts'
import type { Basics } from './basics.ts'
import { shortId, ulid, unique } from './ids.ts'
import { makeTimestamps } from './timestamps.ts'
import { at, type Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { secondsText } from './time-text.ts'

const names = [
  'Welcome pop-up 10 %',
  'Newsletter (footer)',
  'Exit intent',
  'Black Friday teaser 🖤',
  'Inscription « pied de page »',
  'SMS flyout',
  'Gewinnspiel Sommer',
  'Back in stock',
  'お知らせ登録',
  'Quiz "find your candle"',
]
/** As a form version calls it, and as the definition of a form does. */
const kinds = [
  ['popup', 'popup'],
  ['embed', 'embed'],
  ['flyout', 'flyout'],
  ['full_page', 'full_screen'],
  ['banner', 'banner'],
] as const
const FIRST_VERSION_ID = 5_310
/** One form that was changed again and again: more versions than the default page holds. */
const VERSIONS_OF_SECOND = 26

/** Sign-up forms and their versions. */
export function addForms(basics: Basics, builder: ResourceBuilder, count: number): void {
  const random = basics.random('forms')
  const id = unique(() => shortId(random))
  let versionId = FIRST_VERSION_ID
  for (let i = 0; i < count; i++) {
    const { createdS, updatedS } = makeTimestamps(basics, random)
    const name = named(names, i)
    const abTest = random.chance(0.3)
    const live = random.chance(0.7)
    const versions = i === 1 ? VERSIONS_OF_SECOND : abTest ? random.between(2, 4) : random.between(1, 2)
    const [formType, definitionType] = at(kinds, i)
    const made = Array.from({ length: versions }, (_, v) => {
      versionId += random.between(1, 9)
      return {
        id: versionId,
        name: v === 0 ? name : `${name} – ${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.charAt(v)}`,
        v,
      }
    })
    const formId = builder.add('form', id(), {
      name,
      status: live ? 'live' : 'draft',
      ab_test: abTest,
      created_at: secondsText(createdS),
      updated_at: secondsText(updatedS),
      definition: {
        versions: made.map((version) => ({
          ...sheet(random, createdS),
          id: version.id,
          name: version.name,
          type: definitionType,
          status: live ? 'live' : 'draft',
          ab_test: abTest,
        })),
      },
    })
    for (const version of made) {
      const madeS = createdS + Math.floor(((updatedS - createdS) * version.v) / versions)
      const newId = builder.add('form-version', String(version.id), {
        form_type: formType,
        variation_name: version.name,
        ...(abTest ? { ab_test: { variation_name: `Variation ${version.v + 1}` } } : {}),
        status: live && version.v === versions - 1 ? 'live' : 'draft',
        created_at: secondsText(madeS),
        updated_at: secondsText(updatedS),
      })
      builder.relate('form-version', newId, 'form', [formId])
    }
  }
}

/** What a visitor sees of one version: a greeting and a field, after some seconds. */
const sheet = (random: Random, atS: number): Readonly<Record<string, unknown>> => {
  const id = (): string => ulid(random, atS * 1000)
  const blocks = [
    {
      id: id(),
      type: 'html_text',
      properties: {
        display_device: ['both'],
        classname: null,
        content: random.pick(['<h1>10 % off</h1>', '<h1>Bienvenue ✨</h1>', '<p>登録して「10%オフ」</p>']),
      },
    },
    {
      id: id(),
      type: 'email',
      properties: {
        display_device: ['both'],
        classname: null,
        label: null,
        show_label: false,
        placeholder: 'you@example.com',
        required: true,
        property_name: '$email',
      },
    },
  ]
  const steps = [{ id: id(), name: 'Email', columns: [{ id: id(), rows: [{ id: id(), blocks }] }] }]
  return {
    steps,
    triggers: [{ id: id(), type: 'delay', properties: { seconds: random.between(1, 30) } }],
    teasers: [],
    location: null,
    channel: 'WEB',
  }
}
