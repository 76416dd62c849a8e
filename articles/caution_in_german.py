"""The words of the caution in German; `articles.caution` says which of them are used when."""

from articles.standing import Told
from articles.states import Audience, NoticeKind

_AI_FAULTS = "Er kann Tatsachen oder Dosierungen falsch angeben oder Studien nennen, die das nicht belegen."
_HUMAN_FAULTS = "Er kann Fehler enthalten oder etwas auslassen, das für Sie wichtig ist."
_AGED = "Neuere Forschung kann geändert haben, was empfohlen wird."
_TO_MEND = "Von einigem, was er sagt, ist bekannt, dass es verbessert werden muss."
_MENDED_SINCE = "Er kann Fehler enthalten, die seither berichtigt wurden."
_HARM = "Er ist in wesentlichen Punkten falsch, und ihm zu folgen könnte schaden."

ABOUT = {
    (Told.SUBMITTED, True): (
        "Dieser Text wurde mit einem KI-System erstellt, und keine Fachperson hat ihn geprüft.",
        _AI_FAULTS,
        "Mit KI erstellt und von keiner Fachperson geprüft: bitte nicht danach handeln.",
    ),
    (Told.SUBMITTED, False): (
        "Noch keine Fachperson unseres Gremiums hat diesen Text geprüft.",
        _HUMAN_FAULTS,
        "Noch nicht von einer Fachperson geprüft: bitte nicht danach handeln.",
    ),
    (Told.UNDER_REVIEW, True): (
        "Dieser Text wurde mit einem KI-System erstellt, und eine Fachperson prüft ihn noch.",
        _AI_FAULTS,
        "Mit KI erstellt, die Prüfung ist nicht abgeschlossen: bitte nicht danach handeln.",
    ),
    (Told.UNDER_REVIEW, False): (
        "Eine Fachperson prüft diesen Text noch.",
        _HUMAN_FAULTS,
        "Seine Prüfung durch eine Fachperson ist nicht abgeschlossen: bitte nicht danach handeln.",
    ),
    (Told.CHANGES_REQUESTED, True): (
        "Dieser Text wurde mit einem KI-System erstellt. Fachpersonen verlangten Änderungen, die noch fehlen.",
        _TO_MEND,
        "Mit KI erstellt, und die Prüfenden verlangten Änderungen: bitte nicht danach handeln.",
    ),
    (Told.CHANGES_REQUESTED, False): (
        "Fachpersonen haben diesen Text gelesen und Änderungen verlangt, die noch fehlen.",
        _TO_MEND,
        "Die Prüfenden verlangten Änderungen, die noch fehlen: bitte nicht danach handeln.",
    ),
    (Told.OVERDUE, True): (
        "Dieser Text wurde mit einem KI-System erstellt und einmal geprüft. Die nächste Prüfung steht noch aus.",
        _AGED,
        "Einmal geprüft, aber die nächste Prüfung ist überfällig: er kann veraltet sein.",
    ),
    (Told.OVERDUE, False): (
        "Dieser Text wurde einmal geprüft. Die nächste Prüfung steht noch aus.",
        _AGED,
        "Einmal geprüft, aber die nächste Prüfung ist überfällig: er kann veraltet sein.",
    ),
    (Told.SUPERSEDED, True): (
        "Dies ist eine ältere Fassung eines mit einem KI-System erstellten Textes. Eine neuere hat sie ersetzt.",
        _MENDED_SINCE,
        "Eine ältere Fassung, die durch eine neuere ersetzt wurde: bitte nicht danach handeln.",
    ),
    (Told.SUPERSEDED, False): (
        "Dies ist eine ältere Fassung dieses Textes. Eine neuere hat sie ersetzt.",
        _MENDED_SINCE,
        "Eine ältere Fassung, die durch eine neuere ersetzt wurde: bitte nicht danach handeln.",
    ),
    (Told.RETRACTED, True): (
        "Wir haben diesen Text zurückgezogen. Er wurde mit einem KI-System erstellt, und unsere Prüfung fand seine"
        " Fehler nicht.",
        _HARM,
        "Zurückgezogen, weil er in wesentlichen Punkten falsch ist: bitte nicht verwenden.",
    ),
    (Told.RETRACTED, False): (
        "Wir haben diesen Text zurückgezogen: unsere Prüfung fand seine Fehler nicht.",
        _HARM,
        "Zurückgezogen, weil er in wesentlichen Punkten falsch ist: bitte nicht verwenden.",
    ),
}

OVERLAID = {
    NoticeKind.SOURCE_ALERT: (
        "Eine Studie hinter diesem Text wurde zurückgezogen oder ist zweifelhaft. Noch niemand hat geprüft, was das"
        " ändert.",
        "Manches, was er sagt, gilt vielleicht nicht mehr.",
        "Eine Studie hinter diesem Text ist zurückgezogen oder zweifelhaft: manches gilt vielleicht nicht mehr.",
    ),
    NoticeKind.CONCERN: (
        "Nach seiner Prüfung kamen Zweifel an diesem Text auf, und sie sind nicht geklärt.",
        "Manches, was er sagt, kann falsch sein.",
        "Zweifel an diesem Text werden untersucht: manches darin kann falsch sein.",
    ),
}

DO_NOT = {
    Audience.PATIENT: "Beginnen, beenden oder ändern Sie seinetwegen keine Behandlung.",
    Audience.PROFESSIONAL: "Treffen Sie danach keine Entscheidung über Patientinnen oder Patienten.",
    Audience.STUDENT: "Verlassen Sie sich nicht darauf, und zitieren Sie ihn nicht als geprüft.",
}
INSTEAD = {
    Audience.PATIENT: "Fragen Sie ärztlich, pflegerisch oder in der Apotheke nach, oder lesen Sie eine Seite, die sagt,"
    " wer sie geprüft hat.",
    Audience.PROFESSIONAL: "Gehen Sie zu den Quellen selbst und zu den aktuellen Leitlinien vor Ort.",
    Audience.STUDENT: "Lesen Sie die Quellen selbst oder eine Seite, die sagt, wer sie geprüft hat.",
}
