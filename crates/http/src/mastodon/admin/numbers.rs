//! Numbers of what goes on (docs.joinmastodon.org/methods/admin/measures, dimensions, retention), as far as they can be told without
//! going through what grows: other keys are left out of the answer, as Mastodon leaves out those that it does not know.

use axum::Json;
use axum::extract::State;
use model::clock::{DAY, Millis, date, parse_rfc3339, rfc3339};
use model::permission::VIEW_DASHBOARD;
use storage::{Category, Daily, Trending, Tx};

use super::keeper;
use crate::auth::Caller;
use crate::mastodon::entities::admin::{AdminCohort, AdminDimension, AdminMeasure, AdminPart, AdminPoint, AdminStay};
use crate::params::Params;
use crate::{ApiError, App};

/// Days of a period at most, and periods of a table of who stayed.
const DAYS: i64 = 366;
const PERIODS: usize = 60;

/// A day of the request, as days since the epoch. The time is not looked at.
fn day(params: &Params, name: &str) -> Result<Option<i64>, ApiError> {
    let Some(typed) = params.filled(name) else { return Ok(None) };
    let typed = typed.trim();
    let wrong = || ApiError::bad_request(format!("{name} is not a date"));
    let begin = typed.get(..10).and_then(|day| parse_rfc3339(&format!("{day}T00:00:00Z"))).ok_or_else(wrong)?;
    Ok(Some(begin.div_euclid(DAY)))
}

fn required(params: &Params, name: &str) -> Result<i64, ApiError> {
    day(params, name)?.ok_or_else(|| ApiError::bad_request(format!("Missing required parameter: {name}")))
}

/// From when until when, both included.
fn period(params: &Params) -> Result<(i64, i64), ApiError> {
    let (since, until) = (required(params, "start_at")?, required(params, "end_at")?);
    if until < since || until - since >= DAYS {
        return Err(ApiError::unprocessable(format!("The period must have between one and {DAYS} days")));
    }
    Ok((since, until))
}

fn sum(days: &[Daily]) -> i64 {
    days.iter().map(|d| d.count).sum()
}

fn measure(key: &'static str, (since, until): (i64, i64), days: &[Daily], before: Option<i64>) -> AdminMeasure {
    let value = |day: i64| days.iter().find(|d| d.day == day).map_or(0, |d| d.count);
    let point = |day: i64| AdminPoint { date: rfc3339(day * DAY), value: value(day).to_string() };
    AdminMeasure {
        key,
        unit: None,
        total: sum(days).to_string(),
        previous_total: before.map(|n| n.to_string()),
        data: (since..=until).map(point).collect(),
    }
}

/// What is counted by day, of a period.
async fn counted(tx: &mut Tx, key: &str, params: &Params, (since, until): (i64, i64)) -> Result<Vec<Daily>, ApiError> {
    Ok(match key {
        "new_users" => {
            let mut days: Vec<Daily> = Vec::new();
            for (at, _) in tx.joined(since, until).await? {
                let day = at.div_euclid(DAY);
                match days.iter_mut().find(|d| d.day == day) {
                    Some(known) => known.count += 1,
                    None => days.push(Daily { day, count: 1 }),
                }
            }
            days
        }
        "opened_reports" => tx.reports_opened(since, until).await?,
        "resolved_reports" => tx.reports_settled(since, until).await?,
        "instance_accounts" => {
            let domain = params.group(key).and_then(|group| group.filled("domain")).unwrap_or_default();
            tx.accounts_met(&domain.trim().to_lowercase(), since, until).await?
        }
        _ => Vec::new(),
    })
}

/// Those of a hashtag, of the days that are still kept: the others are left out, rather than said to be without any.
async fn of_tag(
    app: &App,
    tx: &mut Tx,
    key: &'static str,
    params: &Params,
    (since, until): (i64, i64),
) -> Result<Option<AdminMeasure>, ApiError> {
    let Some(tag) = params.group(key).and_then(|group| group.number("id")) else { return Ok(None) };
    let today = app.node.now() / DAY;
    let (since, until) = (since.max(today - node::discovery::DAYS + 1), until.min(today));
    let uses = if until < since { Vec::new() } else { tx.uses_since(since, until, Trending::Tag, &[tag]).await? };
    let count = |d: &storage::DayOf| if key == "tag_uses" { d.uses } else { d.accounts };
    let days: Vec<Daily> = uses.iter().map(|d| Daily { day: d.day, count: count(d) }).collect();
    Ok(Some(measure(key, (since, until), &days, None)))
}

/// `POST /api/v1/admin/measures` with `keys`, `start_at`, `end_at`.
pub async fn measures(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<Vec<AdminMeasure>>, ApiError> {
    keeper(&caller, "admin:read", VIEW_DASHBOARD)?;
    let wanted = params.list("keys");
    let period = period(&params)?;
    let length = period.1 - period.0 + 1;
    let mut tx = app.node.store.read().await?;
    let mut found = Vec::new();
    for key in ["new_users", "opened_reports", "resolved_reports", "instance_accounts", "tag_accounts", "tag_uses"] {
        if !wanted.iter().any(|w| w == key) {
            continue;
        }
        if key.starts_with("tag_") {
            found.extend(of_tag(&app, &mut tx, key, &params, period).await?);
            continue;
        }
        let days = counted(&mut tx, key, &params, period).await?;
        let before = if key == "instance_accounts" {
            None
        } else {
            Some(sum(&counted(&mut tx, key, &params, (period.0 - length, period.0 - 1)).await?))
        };
        found.push(measure(key, period, &days, before));
    }
    Ok(Json(found))
}

/// `POST /api/v1/admin/dimensions` with `keys`, `start_at`, `end_at`, `limit`.
pub async fn dimensions(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<Vec<AdminDimension>>, ApiError> {
    keeper(&caller, "admin:read", VIEW_DASHBOARD)?;
    let wanted = params.list("keys");
    let (since, until) = period(&params)?;
    let limit = usize::try_from(params.number("limit").unwrap_or(10).clamp(1, 100)).unwrap_or(10);
    let mut found = Vec::new();
    for key in ["languages", "software_versions", "space_usage"] {
        if !wanted.iter().any(|w| w == key) {
            continue;
        }
        let mut tx = app.node.store.read().await?;
        let data = match key {
            "languages" => {
                let all = tx.languages_of_members(since, until).await?;
                all.into_iter().take(limit).map(|(tag, count)| part(&tag, &tag, count.to_string())).collect()
            }
            "software_versions" => vec![part("outloud", "Outloud", env!("CARGO_PKG_VERSION").to_owned())],
            _ => space(&mut tx).await?,
        };
        found.push(AdminDimension { key, data });
    }
    Ok(Json(found))
}

fn part(key: &str, human_key: &str, value: String) -> AdminPart {
    AdminPart { key: key.to_owned(), human_key: human_key.to_owned(), value, unit: None, human_value: None }
}

/// What the files take, by what they are.
async fn space(tx: &mut Tx) -> Result<Vec<AdminPart>, ApiError> {
    let megabytes = |bytes: i64| format!("{} MB", bytes / 1_000_000);
    let mut parts = Vec::new();
    for (key, human_key, category) in [
        ("media", "Media of members", Category::Media),
        ("profiles", "Pictures of profiles", Category::Profiles),
        ("remote", "Copies of media of other servers", Category::Remote),
    ] {
        let bytes = tx.disk_use(category).await?;
        let (unit, human_value) = (Some("bytes"), Some(megabytes(bytes)));
        parts.push(AdminPart { unit, human_value, ..part(key, human_key, bytes.to_string()) });
    }
    Ok(parts)
}

/// When the month of a time began.
fn month_of(at: Millis) -> Millis {
    date(at).get(..7).and_then(|month| parse_rfc3339(&format!("{month}-01T00:00:00Z"))).unwrap_or(at)
}

fn begin_of(at: Millis, monthly: bool) -> Millis {
    if monthly { month_of(at) } else { at.div_euclid(DAY) * DAY }
}

/// `POST /api/v1/admin/retention` with `start_at`, `end_at`, `frequency` (`day` or `month`): of who joined in each period, how many were
/// here in that or a later one. Where a parameter is missing there is nothing to tell.
pub async fn retention(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<Vec<AdminCohort>>, ApiError> {
    keeper(&caller, "admin:read", VIEW_DASHBOARD)?;
    let (Some(since), Some(until)) = (day(&params, "start_at")?, day(&params, "end_at")?) else {
        return Ok(Json(Vec::new()));
    };
    let Some(frequency) = params.filled("frequency") else { return Ok(Json(Vec::new())) };
    let monthly = frequency == "month";
    let mut periods = vec![begin_of(since * DAY, monthly)];
    while let Some(last) = periods.last().copied() {
        let next = begin_of(last + if monthly { 32 } else { 1 } * DAY, monthly);
        if next > until * DAY {
            break;
        }
        if periods.len() >= PERIODS {
            return Err(ApiError::unprocessable(format!("That are more than {PERIODS} periods")));
        }
        periods.push(next);
    }
    if until < since {
        return Ok(Json(Vec::new()));
    }
    let last = periods.last().copied().unwrap_or_default();
    let end = if monthly { month_of(last + 32 * DAY) / DAY - 1 } else { last / DAY };
    let joined = app.node.store.read().await?.joined(periods[0] / DAY, end).await?;
    let seen = |period: Millis| -> Vec<Millis> {
        let of = joined.iter().filter(|(at, _)| begin_of(*at, monthly) == period);
        of.map(|(at, last)| begin_of(last.unwrap_or(*at), monthly)).collect()
    };
    let cohort = |(at, period): (usize, &Millis)| {
        let seen = seen(*period);
        let stay = |later: &Millis| {
            let stayed = seen.iter().filter(|last| **last >= *later).count();
            let rate = if seen.is_empty() { 0.0 } else { ratio(stayed, seen.len()) };
            AdminStay { date: rfc3339(*later), rate, value: stayed.to_string() }
        };
        let frequency = if monthly { "month" } else { "day" };
        AdminCohort { period: rfc3339(*period), frequency, data: periods.iter().skip(at).map(stay).collect() }
    };
    Ok(Json(periods.iter().enumerate().map(cohort).collect()))
}

fn ratio(part: usize, of: usize) -> f64 {
    let number = |n: usize| u32::try_from(n).map_or(f64::from(u32::MAX), f64::from);
    number(part) / number(of)
}
