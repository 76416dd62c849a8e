"""Names of medicines: stems of international non-proprietary names, and the names and classes that have none."""

from articles.integrity.patterns import vocabulary

STEMS = tuple(
    vocabulary(
        "pril sartan statin olol azole cillin mycin floxacin cycline oxetine triptyline triptan azepam azolam gabalin "
        "gabapentin dipine parin xaban gliptin gliflozin glutide tinib limab zumab ximab mumab profen oxicam codone "
        "morphone solone afaxine eridone azapine tiapine dogrel sugrel grelor buterol meterol moterol semide thiazide "
        "racetam setron ciclovir cyclovir navir buvir pidem dronate triaxone"
    )
)
NAMES = vocabulary(
    "paracetamol acetaminophen aspirin warfarin insulin morphine codeine tramadol fentanyl methadone lithium metformin "
    "digoxin methotrexate ketamine diclofenac naloxone levothyroxine prednisone dexamethasone opioid antibiotic "
    "antidepressant anticonvulsant anticoagulant antipsychotic relaxant steroid nsaid snri ssri tricyclic "
    "benzodiazepine adrenaline epinephrine salbutamol hydrocortisone phenytoin carbamazepine lamotrigine valproate "
    "haloperidol amiodarone colchicine allopurinol spironolactone ezetimibe naproxen nitroglycerin tamoxifen"
)
NOT_DRUGS = vocabulary("april")


def is_drug(word: str) -> bool:
    """Whether this one word, in the singular or the plural, names a medicine or a class of them."""
    name = word.lower().removesuffix("s")
    return name in NAMES or (name.endswith(STEMS) and name not in NOT_DRUGS)
