CREATE SEQUENCE case_reference;
