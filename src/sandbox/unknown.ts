type ByType = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Members that recordings show and the spec does not have. */
const RECORDED: ByType = {
  profile: { anonymous_id: null, whatsapp_bsuid: null, click_tracking: { enabled: true } },
}

/** On any type: what Klaviyo might add tomorrow. */
const TOMORROW = { added_tomorrow: 'new' }

/** The attributes to add to resources of a type. */
export function unknownAttributes(
  wanted: boolean | ByType,
): (type: string) => Readonly<Record<string, unknown>> {
  if (wanted === false) return () => NONE
  if (wanted === true) return (type) => ({ ...TOMORROW, ...RECORDED[type] })
  return (type) => wanted[type] ?? NONE
}

const NONE = {}
