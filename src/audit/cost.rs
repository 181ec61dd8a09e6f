//! From the usage that a provider reports to what it costs at a plan's prices, exactly.

use crate::plan::Model;
use crate::units::Money;

use super::Used;

/// What was used up, at the dearest price that a prompt of this length reaches. `None` where the plan has no price, or no number is that large.
pub fn cost(model: &Model<'_>, used: &Used<'_>) -> Option<Money> {
    let at = |input: Option<&str>, output: Option<&str>| {
        // A model that answers nothing, for vectors, has no price for that.
        let (input, output) = (parse(input?)?, if used.output == 0 { Money::ZERO } else { parse(output?)? });
        input.for_tokens(used.input)?.checked_add(output.for_tokens(used.output)?)
    };
    let mut dearest = at(model.input_price.as_deref(), model.output_price.as_deref())?;
    for tier in model.price_tiers.iter().filter(|tier| used.input > tier.above) {
        dearest = dearest.max(at(tier.input_price.as_deref(), tier.output_price.as_deref())?);
    }
    Some(dearest)
}

/// Dollars as a record writes them: `0.0021`.
pub fn dollars(amount: Money) -> String {
    amount.to_string().trim_start_matches('$').to_owned()
}

/// Reads such dollars, or a plan's: a decimal without sign and exponent, twelve decimals at most.
pub fn parse(text: &str) -> Option<Money> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 12 {
        return None;
    }
    let part = decimals.parse::<u128>().ok()? * 10_u128.pow(u32::try_from(12 - decimals.len()).ok()?);
    whole.parse::<u128>().ok()?.checked_mul(Money::DOLLAR)?.checked_add(part).map(Money)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(tiers: &str) -> Model<'static> {
        let text = format!(
            r#"{{"base":null,"capabilities":[],"context":null,"endpoint":"chat_completions","endpoint_with_tools":"chat_completions",
            "input_price":"2.50","max_input":null,"max_output":null,"output_limit":"max_tokens","output_price":"10","price_tiers":{tiers},"traps":[]}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn of(model: &Model<'_>, input: u64, output: u64) -> Option<String> {
        cost(model, &Used { input, output, ..Used::default() }).map(dollars)
    }

    #[test]
    fn a_token_costs_its_share_to_the_last_digit() {
        let plain = model("[]");
        assert_eq!(of(&plain, 1200, 300).unwrap(), "0.006");
        assert_eq!(of(&plain, 1, 1).unwrap(), "0.0000125");
        assert_eq!(of(&plain, 0, 0).unwrap(), "0.00");
        assert_eq!(of(&plain, u64::MAX, u64::MAX).unwrap(), "230584300921369.3951875");
    }

    #[test]
    fn a_longer_prompt_pays_the_dearest_price_that_it_reaches() {
        let tiers =
            model(r#"[{"above":1000,"input_price":"5","output_price":"20"},{"above":5000,"input_price":null,"output_price":"20"}]"#);
        assert_eq!(of(&tiers, 1000, 0).unwrap(), "0.0025");
        assert_eq!(of(&tiers, 1001, 1).unwrap(), "0.005025");
        assert_eq!(of(&tiers, 5001, 0), None, "a price that is not known is not made up");
    }

    #[test]
    fn dollars_are_read_as_they_are_written() {
        for text in ["0.00", "0.006", "12.50", "0.000000000001"] {
            assert_eq!(parse(text).map(dollars).as_deref(), Some(text));
        }
        for text in ["", ".5", "1.", "-1", "1e3", "$1", "0.0000000000001", "1,5"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
