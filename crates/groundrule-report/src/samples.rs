//! Judgements to render in tests, written by hand: every verdict, shared code, hostile names.

use std::collections::BTreeMap;
use std::sync::Arc;

use groundrule_facts::SubjectKind;
use groundrule_policy::{
    Gate, Judgement, Mode, Origin, PolicyInfo, Related, ServiceRow, Severity, Verdict, VerdictKind,
    WaiverOrigin,
};
use groundrule_unit::{LineIndex, Place, Span};

use crate::{AdoptionSettings, Base, Notice, NoticeKind, Report, Repository, Sources};

pub(crate) const APP: &str = "import requests\n\nTIMEOUT = None\n\n\ndef rates(url):\n    \
    reply = requests.get(url, timeout=TIMEOUT)\n    return reply.json()\n";

/// Texts by path.
#[derive(Debug, Default)]
pub(crate) struct Texts(pub(crate) BTreeMap<String, Arc<str>>);

impl Sources for Texts {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        self.0.get(path).cloned()
    }
}

/// The place of `part` in `text`.
pub(crate) fn place(path: &str, text: &str, part: &str) -> Place {
    let start = text.find(part).unwrap_or_default();
    let lines = LineIndex::new(text);
    let span = Span::new(start, start + part.len());
    Place {
        path: path.into(),
        line: lines.line(span.start),
        end_line: lines.line(span.end.saturating_sub(1).max(span.start)),
        span,
    }
}

pub(crate) fn verdict(policy: &str, kind: VerdictKind, path: &str) -> Verdict {
    Verdict {
        policy: policy.into(),
        kind,
        class: "http".into(),
        place: place(path, APP, "requests.get(url, timeout=TIMEOUT)"),
        services: vec!["src/web".into()],
        symbol: "rates".into(),
        label: "requests.get".into(),
        message: match kind {
            VerdictKind::Pass => "`requests.get` ends after 5 s.".into(),
            _ => "`requests.get` can wait forever: no deadline on the call.".into(),
        },
        help: if kind == VerdictKind::Fail { "pass `timeout=`".into() } else { String::new() },
        related: Vec::new(),
        reasons: Vec::new(),
        mode: Mode::Enforce,
        known: false,
        origin: None,
        waived: None,
        severity: Severity::Error,
        subject: SubjectKind::OutboundCall,
        gates: Gate::Line,
        fingerprint: format!("{policy}-{path}-{}", kind.id()),
    }
}

pub(crate) fn policy(id: &str, category: &str) -> PolicyInfo {
    PolicyInfo {
        id: id.into(),
        title: format!("The standard {id} holds"),
        category: category.into(),
        severity: Severity::Error,
        mode: Mode::Enforce,
        gates: Gate::Line,
        summary: "One sentence about it".into(),
        help_markdown: "# Title\n\nWhy and how.".into(),
        blueprint: "Distributed systems fundamentals".into(),
        tags: vec!["backend".into()],
        subjects: vec![SubjectKind::OutboundCall],
    }
}

pub(crate) fn service(folder: &str) -> ServiceRow {
    ServiceRow {
        folder: folder.into(),
        name: folder.rsplit('/').next().unwrap_or_default().to_string(),
        owners: vec!["@shop/web".into()],
        languages: vec!["python".into()],
        tier: String::new(),
    }
}

/// Three services; every verdict.
pub(crate) fn mixed() -> Judgement {
    let path = "src/web/app.py";
    let mut fail = verdict("timeouts", VerdictKind::Fail, path);
    fail.related.push(Related {
        place: place(path, APP, "TIMEOUT = None"),
        note: "timeout set to None".into(),
    });
    fail.related.push(Related {
        place: Place::top_of("deploy/web.yaml".into()),
        note: "the environment does not set it".into(),
    });
    let mut pass = verdict("timeouts", VerdictKind::Pass, "lib/http.py");
    pass.services = vec!["src/cart".into(), "src/web".into()];
    let mut review = verdict("sensitive-logs", VerdictKind::Review, "src/cart/log.py");
    review.services = vec!["src/cart".into()];
    review.class = "whole-object".into();
    review.message = "Whether `order` prints its fields cannot be told.".into();
    review.reasons = vec!["its type is declared outside the repository".into()];
    let mut exempt = verdict("timeouts", VerdictKind::Exempt, "src/mail/send.py");
    exempt.services = vec!["src/mail".into()];
    exempt.reasons = vec!["moved to the queue in spring".into()];
    exempt.waived = Some(WaiverOrigin::Comment);
    Judgement {
        policies: vec![policy("sensitive-logs", "security"), policy("timeouts", "resilience")],
        verdicts: vec![pass, review, exempt, fail],
        services: vec![service("src/cart"), service("src/mail"), service("src/web")],
        ..Judgement::default()
    }
}

/// File names, messages and code that try to speak to whatever shows them.
pub(crate) fn hostile() -> (Judgement, Texts) {
    let path = "src/\u{1b}[31m<img src=x onerror=alert(1)>[x](http://evil)\n::error::x\u{202e}.py";
    let text = format!("\u{1b}]0;title\u{7}\n{APP}\u{202e}\n");
    let mut fail = verdict("timeouts", VerdictKind::Fail, path);
    fail.place = place(path, &text, "requests.get(url, timeout=TIMEOUT)");
    fail.message = "`\u{1b}[2J[click](http://evil)` waits\n::set-output name=x::y\u{9b}.".into();
    fail.label = "\u{1b}[31mget".into();
    fail.symbol = "a\u{202e}b".into();
    fail.help = "run\u{7} it".into();
    fail.services = vec!["src".into()];
    fail.related.push(Related {
        place: place(path, &text, "TIMEOUT = None"),
        note: "set](http://evil) \u{1b}[0m here".into(),
    });
    // What tries to end an attribute, a section, a table's cell, a command, a code span.
    let other = "src/a\"b'c]]><d>|`e`##[error]f,g:h%0A::error::i @team #1 www.evil.example.py";
    let mut quoting = verdict("timeouts", VerdictKind::Fail, other);
    quoting.message =
        "::set-output name=x::y\r\n##[stop-commands]z ]]></failure> `</code>` <!--.".into();
    quoting.label = other.into();
    quoting.symbol = "`|`\n# Heading\n".into();
    quoting.help = "\n::add-mask::x\n\n<details>".into();
    quoting.services = vec!["::a\"b|<c>\n::d::".into(), "src".into()];
    let mut exempt = verdict("timeouts", VerdictKind::Exempt, other);
    exempt.reasons = vec!["-->\n| a | b |\n![x](http://evil)".into()];
    exempt.services = vec!["src".into()];
    let judgement = Judgement {
        policies: vec![policy("timeouts", "resilience")],
        verdicts: vec![fail, quoting, exempt],
        services: vec![service("::a\"b|<c>\n::d::"), service("src")],
        ..Judgement::default()
    };
    (judgement, Texts([(path.to_string(), text.into())].into()))
}

/// Notices about files whose names try to speak to whatever shows them.
pub(crate) fn hostile_notices() -> Vec<Notice> {
    let notice = |kind: NoticeKind, path: &str, message: &str| Notice {
        path: Some(path.into()),
        line: None,
        kind,
        message: message.into(),
    };
    vec![
        notice(NoticeKind::Unreadable, "a\n::error::b##[group]", "]]> \u{1b}[0m | `x`\n::c::"),
        notice(NoticeKind::NotUtf8, "<img src=x>,line=1::d", "&amp; <b>\u{0}\u{fffe}"),
    ]
}

pub(crate) fn texts() -> Texts {
    let files = ["src/web/app.py", "lib/http.py", "src/cart/log.py", "src/mail/send.py"];
    Texts(files.into_iter().map(|path| (path.to_string(), APP.into())).collect())
}

pub(crate) fn notices() -> Vec<Notice> {
    let kinds = NoticeKind::ALL.into_iter();
    let notice = |kind: NoticeKind| Notice {
        path: (kind != NoticeKind::NoService).then(|| format!("src/{}.py", kind.id()).into()),
        line: matches!(kind, NoticeKind::SyntaxErrors | NoticeKind::Judging(_)).then_some(3),
        kind,
        message: "what happened [here]".into(),
    };
    kinds.map(notice).collect()
}

/// A change that brings one failure in, leaves one, and mends one; told in names that try to speak
/// to whatever shows them.
pub(crate) fn change() -> (Report, Texts) {
    let (mut judgement, texts) = hostile();
    let before = judgement.clone();
    judgement.verdicts[0].origin = Some(Origin::New);
    judgement.verdicts[1].origin = Some(Origin::Old);
    judgement.verdicts[2].origin = Some(Origin::Old);
    let mut mended = verdict("timeouts", VerdictKind::Fail, "a|b\n::error::c\u{1b}[31m<b>.py");
    mended.services = vec!["src".into()];
    mended.label = "](http://evil) `|`".into();
    judgement.mended.push(mended);
    let base = Base {
        name: "main\n::warning::x\u{1b}[0m<img src=x>".to_string(),
        services: before.services.clone(),
        verdicts: before.verdicts,
    };
    let repository = Repository { judgement, files: 2, base: Some(base), ..Repository::default() };
    (Report::new(vec![repository], &AdoptionSettings::default()), texts)
}

pub(crate) fn report(judgement: Judgement, notices: Vec<Notice>) -> Report {
    let left_out = [(groundrule_unit::LeftOutReason::Test, 4)].into();
    let repository =
        Repository { judgement, notices, left_out, files: 12, ..Repository::default() };
    Report::new(vec![repository], &AdoptionSettings::default())
}
