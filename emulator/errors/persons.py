"""Errors of persons, on v1 and v2."""

from __future__ import annotations

from emulator.errors.base.body import StripeError, bad_param, refused
from emulator.errors.base.registry import error
from emulator.errors.v2 import refused_by_v2
from emulator.wire.path import ParamPath, format_path


@error("observed")
def too_much_ownership() -> StripeError:
    """400 for ownership of more than 100 percent in total."""
    return refused("The total combined ownership of the company would exceed 100 percent.")


@error("our choice")
def ownership_out_of_range(path: ParamPath) -> StripeError:
    """400 for a share below 0 or above 100 percent."""
    return refused("The percentage of ownership must be between 0 and 100.", param=format_path(path))


@error("observed", "for US and CA", code="our choice")
def id_number_invalid(message: str, param: str) -> StripeError:
    """400 for an id number that the country cannot have."""
    return refused(message, param=param, code="tax_id_invalid")


@error("our choice")
def ssn_last_4_invalid(param: str) -> StripeError:
    """400 for last digits that are not four digits."""
    return refused("The last digits of a number must be 4 digits", param=param, code="tax_id_invalid")


@error("observed", "of `support_phone`")
def phone_invalid(path: ParamPath, phone: str) -> StripeError:
    """400 for text that is not a phone number of the country. There is no code."""
    return refused(f'"{phone}" is not a valid phone number', param=format_path(path))


@error("observed", "in 2016 for a day; month and year by analogy")
def dob_part_invalid(at: ParamPath, part: str) -> StripeError:
    """400 for a day, month or year that no date of birth has."""
    return refused(f"Not a valid {part}", param=format_path((*at, part)))


@error("observed")
def too_young(years: int, at: ParamPath) -> StripeError:
    """400 for a person below Stripe's minimum age. There is no code."""
    return refused(f"Must be at least {years} years of age to use Stripe", param=format_path((*at, "year")))


@error("observed", "2016 to 2026")
def identity_verified(path: ParamPath) -> StripeError:
    """400 for changing details of a person whose identity is verified. There is no code."""
    name = format_path(path)
    return refused(
        f"You cannot change `{name}` via API if an account is verified. Please contact us via "
        "https://support.stripe.com/contact if you need to change the legal entity information associated with this "
        "account.",
        param=name,
    )


@error("official", words="our choice")
def second_representative() -> StripeError:
    """400 for a second representative."""
    return refused(
        "This account already has a representative. An account can only have one representative.",
        param="relationship[representative]",
    )


@error("official", words="our choice")
def representative_kept() -> StripeError:
    """400 for deleting the person who opened the account."""
    return refused("You cannot delete the representative of an account.")


@error("official", words="our choice")
def executive_kept() -> StripeError:
    """400 for deleting the only verified executive."""
    return refused("You cannot delete the only verified executive of an account.")


@error("official")
def v2_duplicate_person(duplicate_person_id: str) -> StripeError:
    """400 for a person that the account already has."""
    return refused_by_v2(
        "Duplicate person is added to an account.",
        "duplicate_person_not_allowed",
        extra=(("duplicate_person_id", duplicate_person_id),),
    )


@error("official", "the words are close to the official ones")
def v2_second_individual() -> StripeError:
    """400 for an additional person of an individual."""
    return refused_by_v2(
        "Additional persons cannot be added to an account of an individual.", "individual_additional_person_not_allowed"
    )


@error("official", "the words are close to the official ones")
def v2_second_representative() -> StripeError:
    """400 for a second representative."""
    return refused_by_v2("An account can have only one representative.", "additional_representative_not_allowed")


@error("official", "the words are close to the official ones")
def v2_second_legal_guardian() -> StripeError:
    """400 for a second legal guardian."""
    return refused_by_v2("An account can have only one legal guardian.", "additional_legal_guardian_not_allowed")


@error("official", "the words are close to the official ones")
def v2_guardian_represents() -> StripeError:
    """400 for a legal guardian who is the representative."""
    return refused_by_v2(
        "A person cannot be both legal guardian and representative.", "legal_guardian_representative_not_allowed"
    )


@error("official", "the words are close to the official ones")
def v2_guardian_of_nobody() -> StripeError:
    """400 for a legal guardian of an account without a representative."""
    return refused_by_v2(
        "A legal guardian may not be added to the account without an existing representative.",
        "legal_guardian_requires_existing_representative",
    )


@error("official")
def v2_second_authorizer() -> StripeError:
    """400 for a second authorizer."""
    return refused_by_v2("There can only be one authorizer.", "authorizer_duplicate")


@error("official")
def v2_authorizer_represents() -> StripeError:
    """400 for an authorizer who is the representative."""
    return refused_by_v2(
        "An authorizer cannot be a representative.", "authorizer_relationship_invalid_for_representative"
    )


@error("official", "the words are close to the official ones")
def v2_too_much_ownership() -> StripeError:
    """400 for ownership of more than 100 percent in total."""
    return refused_by_v2(
        "Total ownership percentages of all Persons on the account exceeds 100%.", "total_person_ownership_exceeded"
    )


@error("official", words="our choice")
def v2_ownership_out_of_range() -> StripeError:
    """400 for a share below 0 or above 100 percent."""
    return refused_by_v2(
        "`relationship.percent_ownership` must be between 0 and 100.", "person_percent_ownership_invalid"
    )


@error("official", words="our choice")
def v2_owner_of_nothing() -> StripeError:
    """400 for an owner of 0 percent."""
    return refused_by_v2(
        "`relationship.percent_ownership` cannot be 0 where `relationship.owner` is true.",
        "person_percent_ownership_invalid",
    )


@error("official", words="our choice")
def file_purpose_wrong(file: str, purpose: str, wanted: str, path: ParamPath) -> StripeError:
    """400 for an upload that is no document, by its purpose."""
    return bad_param(f"The file {file} has the purpose {purpose}; this parameter takes files of {wanted}.", path)


@error("official", words="our choice")
def file_not_linkable(file: str, purpose: str) -> StripeError:
    """400 for a link to a file that cannot be downloaded, by its purpose."""
    return refused(f"Links to files of the purpose {purpose}, as {file} is, cannot be created.", param="file")
