"""Words that look alike and say different things: other stems, other ends, other words altogether."""

import re

from articles.integrity.patterns import vocabulary

# Before the same stem they say the opposite, or another place, amount or time.
PREFIXES = vocabulary(
    "a ab ad an ana ante anti auto bi brady cata contra de di dis dys ecto en endo epi eu ex exo extra hemi hetero "
    "homo hyper hypo il im in infra inter intra iso ir macro mal micro mis mono multi non oligo over pan para peri "
    "poly post pre pro pseudo re retro semi sub super supra sym syn tachy trans tri ultra un under uni up down"
)
LOOK_ALIKE = [
    frozenset(pair)
    for pair in re.findall(
        r"(\w+) (\w+)",
        "arterial atrial, ileum ilium, ileal iliac, perineal peroneal, casual causal, ureter urethra, "
        "ureteral urethral, mucus mucous, palpation palpitation, facial fascial, affect effect, affects effects, "
        "dysphagia dysphasia, prostate prostrate, venous venus, cancer canker, cord chord, public pubic, "
        "trail trial, foot food, liver live, tinea taenia, menstruation menopause, breath breadth, heart heat, "
        "older other, heroin heroine, male female, accept except, adverse averse, prescribe proscribe, "
        "prescribed proscribed, tricyclic tetracycline, vesical vesicle, neurosis necrosis, inhibit inhabit, "
        "inhibits inhabits, inhibited inhabited, bronchitis bronchiolitis, inflamed inflated, patients patience, "
        "dairy diary, quite quiet, desert dessert, lose loose, peripheral peritoneal, thymus thyroid, angle ankle, "
        "hypercalcaemia hyperkalaemia, hypercalcemia hyperkalemia, hypocalcaemia hypokalaemia, "
        "hypocalcemia hypokalemia, infection injection, infected injected, arthritis arteritis, aphagia aphasia, "
        "metatarsal metacarpal, perineum peritoneum, dilation dilution, dilated diluted, rubella rubeola, "
        "radial radical, humeral humoral, prostatic prosthetic, inferior interior, medial median, internal interval, "
        "miosis mitosis, stimulation simulation, stimulated simulated, plantar planter, menorrhagia metrorrhagia, "
        "melanoma melasma, personal personnel, precede proceed, ureteric urethric, ureteroscopy urethroscopy, "
        "vaccine vaccinia, course coarse, bare bear, "
        "lesion lesson, muscle mussel, faint feint, waist waste, heal heel, "
        "hypoxia hypoxaemia, benzene benzine, coronal corneal, corona cornea",
    )
]
# The same stem with another of these is another operation, another salt or another illness.
ENDS = vocabulary(
    "ectomy ostomy otomy oscopy ography oplasty opexy itis osis oma emia aemia uria ase ate ite ide ine ane ene ol"
)
# They are words already: whatever stands in their place says something else.
EVERYDAY = vocabulary(
    "arm arms back belly bladder blood body bone bones bowel brain breast chest chin ear ears eye eyes face feet foot "
    "gut hand hands head heart heel hip hips jaw joint joints kidney knee knees leg legs lip lips liver lung lungs "
    "mouth muscle nail neck nerve nose rib ribs scalp shin skin spine stomach teeth thigh throat thumb toe toes tongue "
    "tooth vein waist womb wrist bath bed bread butter cold cream diet dinner drink eat egg eggs fat feed fish food "
    "fruit gel glass heat heated ice iron juice lunch meal meals meat milk mint nut nuts oil pad patch pain pains pill "
    "rash rest salt scan sleep soap sugar supper sweat swim tea tea test tests tired walk warm wash water wet wine "
    "adult adults boy boys carer carers girl girls man men mother mothers nurse nurses parent parents "
    "people person woman women evening midday month morning night noon week acute benign chronic dry empty fast hard "
    "hot large late left long loud new old open right short slow small soft still thick thin wide young add bend burn "
    "call chew clean cough cover cut fall feel hold keep lie lift lose make melt mix move pour press pull push put "
    "read rinse rub run seek shake sit sneeze stand stretch swallow take treat turn use wait wipe"
)


def say_different_things(one: str, other: str) -> bool:
    """Two words in small letters that a slip of the typing makes of one another, and that are both words."""
    without_s = {one.removesuffix("s"), other.removesuffix("s")}
    is_pair = any({one, other} <= pair or without_s <= pair for pair in LOOK_ALIKE)
    return is_pair or _has_another_end(one, other) or _has_another_prefix(one, other)


def _has_another_end(one: str, other: str) -> bool:
    (ends_of_one, ends_of_other) = ({(word[: -len(e)], e) for e in ENDS if word.endswith(e)} for word in (one, other))
    return any(a != b and len(stem) > 2 and stem == rest for stem, a in ends_of_one for rest, b in ends_of_other)


def _has_another_prefix(one: str, other: str) -> bool:
    stems = [{(prefix, word[len(prefix) :]) for prefix in PREFIXES if word.startswith(prefix)} for word in (one, other)]
    bare = [(("", one), stems[1]), (("", other), stems[0])]
    if any(len(word) > 3 and word in {stem for _, stem in found} for (_, word), found in bare):
        return True
    return any(
        before != after and len(stem) > 3 and stem == rest for before, stem in stems[0] for after, rest in stems[1]
    )
