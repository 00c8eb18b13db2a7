// Conditions of the mapping (ocs.v1.Condition) in words.

/**
 * What a server must be or have, such as "the capability favorites" or "Talk 9.0".
 * @param {{ allOf?: string[], anyOf?: string[], noneOf?: string[], since?: string, before?: string, apiFrom?: number, apiTo?: number }} condition
 */
export function describeCondition({ allOf = [], anyOf = [], noneOf = [], since, before, apiFrom, apiTo }) {
  const parts = [
    allOf.length > 0 && `${allOf.length > 1 ? "the capabilities" : "the capability"} ${allOf.join(" and ")}`,
    anyOf.length > 0 && `${anyOf.length > 1 ? "one of the capabilities" : "the capability"} ${anyOf.join(", ")}`,
    noneOf.length > 0 && `not the capability ${noneOf.join(" or ")}`,
    since && `Talk ${since} or newer`,
    before && `a Talk before ${before}`,
    apiFrom && `API v${apiFrom} or newer`,
    apiTo && `API v${apiTo} or older`,
  ].filter(Boolean);
  return parts.join(", and ");
}
