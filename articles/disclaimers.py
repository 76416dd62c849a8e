"""The disclaimer of each audience, frozen into every revision."""

from articles.states import Audience

DISCLAIMERS = {
    Audience.PATIENT: (
        "This page gives general information. It cannot know your history, and it does not replace the advice of a"
        " doctor, nurse or pharmacist who does. If you feel very unwell, call your local emergency number."
    ),
    Audience.PROFESSIONAL: (
        "This page summarises published evidence for health professionals. Check doses, contraindications and local"
        " guidance in the original sources before you act on it; responsibility for care stays with the treating team."
    ),
    Audience.STUDENT: (
        "This page is meant for learning and orientation. Read and cite the original sources, and do not use it to"
        " make decisions about anybody's care."
    ),
}
